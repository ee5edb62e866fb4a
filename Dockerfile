# One Tocsin node. Mount a configuration at /etc/tocsin/tocsin.yml and keep /data on a disk that survives the container:
# it holds alerts, silences and what was already told to whom.
FROM node:26-slim

WORKDIR /opt/tocsin
# Before the sources, so that a change of these does not install the packages again.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY src ./src
COPY cluster ./cluster
COPY receivers ./receivers
COPY examples/tocsin.yml /etc/tocsin/tocsin.yml
COPY LICENSE ./

RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 9093

HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9093/-/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

ENTRYPOINT ["node", "src/main.ts", "--storage.path=/data"]
CMD ["--config.file=/etc/tocsin/tocsin.yml", "--web.listen-address=:9093", "--cluster.listen-address="]
