# A Tocsin node. What must outlive the container is in /data: mount a volume there, one for each node, and a configuration
# at /etc/tocsin/tocsin.yml. docker-compose.yml shows three of them.
FROM node:26-slim AS build
WORKDIR /opt/tocsin
# Before the sources, so that a change of these does not install the packages again.
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/build.ts scripts/build-web.ts scripts/step.ts ./scripts/
COPY src ./src
COPY cluster ./cluster
COPY receivers ./receivers
COPY web ./web
RUN node scripts/build.ts && npm prune --omit=dev --no-audit --no-fund

FROM node:26-slim
# Nothing in here installs or builds anything.
RUN rm -rf /usr/local/lib/node_modules /usr/local/include /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
  && install -d -o node -g node -m 700 /data
WORKDIR /opt/tocsin
COPY LICENSE ./
COPY --from=build /opt/tocsin/node_modules ./node_modules
COPY --from=build /opt/tocsin/dist ./dist
# Owns nothing but /data; the rest may be mounted read-only.
USER node
VOLUME /data
EXPOSE 9093 9094
# Lets messages on their way arrive, and tells the peers.
STOPSIGNAL SIGTERM
# Not ready is not ill, but whoever waits for a container wants one that pages. With TLS in front of the API set another.
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9093/-/ready').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/tocsin/dist/src/main.js"]
CMD ["--config.file=/etc/tocsin/tocsin.yml", "--storage.path=/data", "--web.listen-address=0.0.0.0:9093"]
