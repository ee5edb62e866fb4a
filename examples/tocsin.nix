# A Tocsin node as a NixOS module, for each of three hosts. Import it in the configuration of each:
#   imports = [ ./tocsin.nix ];
#   services.tocsin = {
#     enable = true;
#     configFile = ./tocsin.yml;
#     peers = [ "tocsin-1.example.org:9094" "tocsin-2.example.org:9094" "tocsin-3.example.org:9094" ];
#   };
# and put the same secret, made by `npx tocsin cluster secret`, at secretFile of each; not into the Nix store, which
# everybody may read.
{ config, lib, pkgs, ... }:
let
  cfg = config.services.tocsin;

  tocsin = pkgs.buildNpmPackage {
    pname = "tocsin";
    version = "0.1.0";
    # YOURS: a clone of the sources. At the first build Nix says which hash stands here.
    src = ../.;
    npmDepsHash = lib.fakeHash;
    nodejs = cfg.nodejs;
    npmFlags = [ "--omit=dev" ];
    buildPhase = "node scripts/build.ts";
    installPhase = ''
      mkdir -p $out/lib/tocsin
      cp -r dist node_modules $out/lib/tocsin/
    '';
  };
in
{
  options.services.tocsin = {
    enable = lib.mkEnableOption "the Tocsin alert manager";
    nodejs = lib.mkOption {
      type = lib.types.package;
      default = pkgs.nodejs_26;
      description = "Node 26 or newer.";
    };
    configFile = lib.mkOption {
      type = lib.types.path;
      description = "The same on all hosts. Passwords and tokens go into files that it names.";
    };
    secretFile = lib.mkOption {
      type = lib.types.str;
      default = "/var/lib/secrets/tocsin-cluster";
      description = "What all nodes have in common, and nobody else. Read by root.";
    };
    peers = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      description = "host:port of all nodes; a node knows itself among them.";
    };
    listenAddress = lib.mkOption {
      type = lib.types.str;
      default = "127.0.0.1:9093";
      description = "Of the API. Before it faces a network it wants TLS and a password; see extraFlags.";
    };
    extraFlags = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [ "--web.config.file=/etc/tocsin/web.yml" "--web.external-url=https://alerts.example.org/" ];
      description = "Further flags.";
    };
  };

  config = lib.mkIf cfg.enable {
    networking.firewall.allowedTCPPorts = [ 9094 ];

    systemd.services.tocsin = {
      description = "Tocsin alert manager";
      wantedBy = [ "multi-user.target" ];
      wants = [ "network-online.target" ];
      after = [ "network-online.target" ];
      # Never give up: whoever is paged by this node cannot be told that it stays down.
      startLimitIntervalSec = 0;
      serviceConfig = {
        ExecStart = lib.concatStringsSep " " ([
          "${cfg.nodejs}/bin/node"
          "${tocsin}/lib/tocsin/dist/src/main.js"
          "--config.file=${cfg.configFile}"
          "--storage.path=/var/lib/tocsin"
          "--web.listen-address=${cfg.listenAddress}"
          "--cluster.listen-address=0.0.0.0:9094"
          "--cluster.secret-file=\${CREDENTIALS_DIRECTORY}/cluster-secret"
        ] ++ map (peer: "--cluster.peer=${peer}") cfg.peers ++ cfg.extraFlags);
        ExecReload = "${pkgs.coreutils}/bin/kill -HUP $MAINPID";
        LoadCredential = "cluster-secret:${cfg.secretFile}";
        Restart = "always";
        RestartSec = 1;
        # Longer than the node gives itself to let messages on their way arrive.
        TimeoutStopSec = 30;
        LimitNOFILE = 65536;
        MemoryMax = "2G";

        DynamicUser = true;
        StateDirectory = "tocsin";
        StateDirectoryMode = "0700";
        WorkingDirectory = "/var/lib/tocsin";
        UMask = "0077";
        CapabilityBoundingSet = "";
        LockPersonality = true;
        NoNewPrivileges = true;
        PrivateDevices = true;
        PrivateUsers = true;
        ProtectClock = true;
        ProtectControlGroups = true;
        ProtectHome = true;
        ProtectHostname = true;
        ProtectKernelLogs = true;
        ProtectKernelModules = true;
        ProtectKernelTunables = true;
        ProtectProc = "invisible";
        RestrictAddressFamilies = [ "AF_INET" "AF_INET6" "AF_UNIX" "AF_NETLINK" ];
        RestrictNamespaces = true;
        RestrictRealtime = true;
        RestrictSUIDSGID = true;
        SystemCallArchitectures = "native";
        SystemCallFilter = [ "@system-service" "~@privileged" ];
        SystemCallErrorNumber = "EPERM";
      };
    };
  };
}
