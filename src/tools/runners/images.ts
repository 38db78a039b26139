/** Service types of well-known container images, by a piece of the image's name. */
const IMAGES: readonly (readonly [RegExp, string])[] = [
  [/adminer|pgadmin|phpmyadmin|mongo-express|commander|redisinsight|mailpit-ui/, 'ui'],
  [/grafana|prometheus|jaeger|loki|tempo|kibana|zipkin|otel|alertmanager|uptime-kuma|netdata/, 'monitoring'],
  [
    /postgres|postgis|timescale|pgvector|mysql|mariadb|percona|mongo|cockroach|clickhouse|cassandra|scylla|neo4j|couchdb|elasticsearch|opensearch|meilisearch|typesense|qdrant|chroma|weaviate|milvus|mssql|oracle|surreal|dynamodb|supabase/,
    'database',
  ],
  [
    /redis|valkey|keydb|dragonfly|memcached|minio|localstack|azurite|registry|etcd|consul|vault/,
    'infrastructure',
  ],
  [
    /rabbitmq|kafka|redpanda|zookeeper|nats|mosquitto|emqx|activemq|pulsar|mailhog|mailpit|mailcatcher|maildev|temporal/,
    'messaging',
  ],
  [/keycloak|authentik|authelia|dex|kratos|hydra|zitadel|logto/, 'auth'],
  [/nginx|traefik|caddy|haproxy|envoy|kong|httpd|squid/, 'proxy'],
  [/ollama|vllm|llama|text-generation|localai/, 'ai'],
  [/selenium|browserless|playwright|chrome/, 'test'],
  [/storybook/, 'storybook'],
  [/api|server|backend/, 'api'],
];

/** The type of what a container of this image serves; `dev` when the name says nothing. */
export function typeOfImage(image: string): string {
  const name = image.replace(/^.*\/(?=[^/]*$)/, '').toLowerCase();
  return IMAGES.find(([pattern]) => pattern.test(name))?.[1] ?? 'dev';
}
