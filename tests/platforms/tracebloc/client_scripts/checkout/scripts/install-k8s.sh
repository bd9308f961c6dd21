#!/bin/bash
# Stands for the public installer, in a few lines: the same tools, called the same way, and the same event at the end.
set -u
phase=preflight error=preflight_failed state=

finish() {
  local code=$1 name=install.run.succeeded
  [ "$code" = 0 ] || name=install.run.failed
  local attributes spool=$HOME/.tracebloc/telemetry/pending.jsonl
  attributes="\"event.name\":\"$name\",\"tracebloc.install.phase\":\"$phase\",\"tracebloc.install.exit_code\":$code"
  [ "$code" = 0 ] || attributes+=",\"error.type\":\"$error\""
  [ -z "$state" ] || attributes+=",\"tracebloc.install.client_state\":\"$state\""
  # before there is a data folder, the event goes beside it
  if [ "$phase" = bootstrap ]; then spool=$TMPDIR/tracebloc-telemetry-Ab12; else mkdir -p "${spool%/*}"; fi
  printf '{"resource":{"deployment.environment":"dev","service.name":"installer"},"attributes":{%s}}\n' "$attributes" >>"$spool"
  exit "$code"
}

[ "${1-}" = --help ] && exit 0
[ "${1-}" = hang ] && exec tail -f /dev/null
[ "${CLUSTER_NAME-}" != 9bad ] || { phase=bootstrap error=bootstrap_failed; finish 1; }
export PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:$PATH"

[ "$(docker info --format '{{.NCPU}}')" = 8 ] || finish 1
[ "$(df -Pk "$HOME" | awk 'NR == 2 {print $4}')" = 209715200 ] || finish 1
curl -sS -o /dev/null https://dev-api.tracebloc.io/ || finish 1

phase=cluster error=cluster_create_failed
[ "$(k3d cluster list -o json)" = "[]" ] || finish 1
k3d cluster create demo --wait || finish 1
k3d cluster list -o json | grep -q '"name":"demo"' || finish 1
k3d kubeconfig merge demo
[ "$(kubectl config current-context)" = k3d-demo ] || finish 1

phase=helm error=helm_install_failed
status=$(printf '%s' "$TRACEBLOC_CLIENT_PASSWORD" | curl -sS -o /dev/null -w '%{http_code}' \
  --data-urlencode "username=$TRACEBLOC_CLIENT_ID" --data-urlencode "password@-" https://dev-api.tracebloc.io/api-token-auth/)
case $status in 400 | 401) finish 1 ;; esac
[ -z "$(helm list)" ] || finish 1
echo "clientId: $TRACEBLOC_CLIENT_ID" >"$HOME/values.yaml"
helm upgrade --install demo client --values "$HOME/values.yaml" || finish 1
helm list | grep -q demo && helm get values demo | grep -q clientId || finish 1

phase=connect
if kubectl rollout status deployment/demo-jobs-manager; then
  state=connected
  finish 0
fi
if kubectl logs deployment/demo-jobs-manager | grep -q "authentication failed"; then
  state=bad_creds error=bad_credentials
  finish 1
fi
case $(kubectl get pods) in
  *ImagePullBackOff*) state=image_pull error=image_pull_failed ;;
  *CrashLoopBackOff*) state=crash error=crash_loop ;;
  *)
    state=starting
    finish 0
    ;;
esac
finish 1
