# syntax=docker/dockerfile:1
# Two images from one build: `--target broker` (the default: the last stage) and `--target shop` (the example with its agent).

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
COPY agent-protocol/package.json agent-protocol/
COPY redaction/package.json redaction/
COPY agent-node/package.json agent-node/
COPY server/package.json server/
COPY cli/package.json cli/
COPY examples/shop/package.json examples/shop/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build \
 && rm -rf node_modules \
 && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --workspace=borescope --workspace=@borescope/server \
 && find . -name .tsbuildinfo -not -path './node_modules/*' -delete \
 && mkdir agent && tar -xzf server/agent.tgz -C agent --strip-components=1

FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
# The image brings npm and yarn, which nothing here runs.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/yarn* /opt/yarn* \
 # A volume that is mounted here for the first time takes its owner from the image.
 && install -d -o node -g node /credentials
USER node

FROM runtime AS shop
COPY --from=build /build/agent node_modules/@borescope/agent
COPY --from=build /build/examples/shop/package.json examples/shop/package.json
COPY --from=build /build/examples/shop/src examples/shop/src
COPY --from=build /build/examples/shop/dist examples/shop/dist
CMD ["node", "--import", "@borescope/agent", "examples/shop/dist/main.js"]

FROM runtime AS broker
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/agent-protocol/package.json agent-protocol/package.json
COPY --from=build /build/agent-protocol/dist agent-protocol/dist
COPY --from=build /build/redaction/package.json redaction/package.json
COPY --from=build /build/redaction/dist redaction/dist
COPY --from=build /build/server/package.json /build/server/agent.tgz server/
COPY --from=build /build/server/dist server/dist
COPY --from=build /build/cli/package.json cli/package.json
COPY --from=build /build/cli/bin cli/bin
COPY --from=build /build/cli/dist cli/dist
EXPOSE 7373
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.BORESCOPE_PORT || 7373}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "cli/bin/borescope.js"]
CMD ["serve"]
