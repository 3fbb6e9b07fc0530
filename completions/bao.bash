# bash completion for bao
# Made from the table of commands by bao_docs; `make docs` makes it anew.
_bao_words() {
  commands= flags=
  case "$1" in
    '') commands='agent audit auth debug delete kv lease list login monitor namespace operator patch path-help pki plugin policy print proxy read scan secrets server ssh status token transit unwrap version-history write' ;;
    'agent') commands='generate-config' flags='-config= -exit-after-auth -log-file= -log-format= -log-level= -log-rotate-bytes= -log-rotate-duration= -log-rotate-max-files=' ;;
    'agent generate-config') flags='-exec= -path= -type=' ;;
    'audit') commands='disable enable list' ;;
    'audit disable') ;;
    'audit enable') flags='-description= -local -path=' ;;
    'audit list') flags='-detailed -format=' ;;
    'auth') commands='disable enable help list move tune' ;;
    'auth disable') ;;
    'auth enable') flags='-allowed-response-headers= -audit-non-hmac-request-keys= -audit-non-hmac-response-keys= -default-lease-ttl= -description= -external-entropy-access -listing-visibility= -local -max-lease-ttl= -options= -passthrough-request-headers= -path= -plugin-name= -plugin-version= -seal-wrap -token-type= -version=' ;;
    'auth help') ;;
    'auth list') flags='-detailed -format=' ;;
    'auth move') ;;
    'auth tune') flags='-allowed-response-headers= -audit-non-hmac-request-keys= -audit-non-hmac-response-keys= -default-lease-ttl= -description= -listing-visibility= -max-lease-ttl= -options= -passthrough-request-headers= -plugin-version= -token-type= -user-lockout-counter-reset-duration= -user-lockout-disable -user-lockout-duration= -user-lockout-threshold= -version=' ;;
    'debug') commands='invalidations policy' flags='-compress -duration= -interval= -log-format= -metrics-interval= -output= -target=' ;;
    'debug invalidations') flags='-detailed -format= -interval= -watch' ;;
    'debug policy') flags='-format= -parameter=' ;;
    'delete') flags='-field= -format=' ;;
    'kv') commands='delete destroy enable-versioning get list metadata patch put rollback scan undelete' ;;
    'kv delete') flags='-field= -format= -mount= -versions=' ;;
    'kv destroy') flags='-format= -mount= -versions=' ;;
    'kv enable-versioning') flags='-format=' ;;
    'kv get') flags='-field= -format= -mount= -version=' ;;
    'kv list') flags='-format= -mount=' ;;
    'kv metadata') commands='delete get patch put' ;;
    'kv metadata delete') flags='-mount=' ;;
    'kv metadata get') flags='-format= -mount=' ;;
    'kv metadata patch') flags='-cas-required= -custom-metadata= -delete-version-after= -format= -max-versions= -mount= -remove-custom-metadata=' ;;
    'kv metadata put') flags='-cas-required= -custom-metadata= -delete-version-after= -format= -max-versions= -mount=' ;;
    'kv patch') flags='-cas= -field= -format= -method= -mount= -remove-data=' ;;
    'kv put') flags='-cas= -field= -format= -mount=' ;;
    'kv rollback') flags='-format= -mount= -version=' ;;
    'kv scan') flags='-format= -mount=' ;;
    'kv undelete') flags='-format= -mount= -versions=' ;;
    'lease') commands='lookup renew revoke' ;;
    'lease lookup') flags='-format=' ;;
    'lease renew') flags='-format= -increment=' ;;
    'lease revoke') flags='-force -prefix -sync' ;;
    'list') flags='-after= -detailed -format= -limit=' ;;
    'login') flags='-field= -format= -method= -no-print -no-store -path= -token-only' ;;
    'monitor') flags='-log-format= -log-level=' ;;
    'namespace') commands='create delete delete-sealed list lock lookup patch scan seal seal-status unlock unseal' ;;
    'namespace create') flags='-custom-metadata= -field= -format= -key-shares= -key-threshold= -pgp-keys= -seal=' ;;
    'namespace delete') ;;
    'namespace delete-sealed') flags='-force' ;;
    'namespace list') flags='-detailed -format=' ;;
    'namespace lock') flags='-format=' ;;
    'namespace lookup') flags='-format=' ;;
    'namespace patch') flags='-custom-metadata= -field= -format= -remove-custom-metadata=' ;;
    'namespace scan') flags='-detailed -format=' ;;
    'namespace seal') ;;
    'namespace seal-status') ;;
    'namespace unlock') flags='-format=' ;;
    'namespace unseal') flags='-format= -reset' ;;
    'operator') commands='diagnose generate-root init key-status members migrate raft rekey rotate rotate-keys seal step-down unseal validate-config' ;;
    'operator diagnose') flags='-config= -debug -format= -skip=' ;;
    'operator generate-root') flags='-cancel -decode= -format= -generate-otp -init -nonce= -otp= -pgp-key= -recovery-token -status' ;;
    'operator init') flags='-format= -key-shares= -key-threshold= -pgp-keys= -recovery-pgp-keys= -recovery-shares= -recovery-threshold= -root-token-pgp-key= -status' ;;
    'operator key-status') flags='-format=' ;;
    'operator members') flags='-format=' ;;
    'operator migrate') flags='-config= -log-level= -max-parallel= -reset -start=' ;;
    'operator raft') commands='autopilot demote join list-peers promote remove-peer snapshot' ;;
    'operator raft autopilot') commands='get-config set-config state' ;;
    'operator raft autopilot get-config') flags='-format=' ;;
    'operator raft autopilot set-config') flags='-cleanup-dead-servers= -dead-server-last-contact-threshold= -format= -last-contact-threshold= -max-trailing-logs= -min-quorum= -server-stabilization-time=' ;;
    'operator raft autopilot state') flags='-format=' ;;
    'operator raft demote') flags='-format=' ;;
    'operator raft join') flags='-auto-join-port= -auto-join-scheme= -format= -leader-ca-cert= -leader-client-cert= -leader-client-key= -non-voter -retry' ;;
    'operator raft list-peers') flags='-format=' ;;
    'operator raft promote') flags='-format=' ;;
    'operator raft remove-peer') flags='-format=' ;;
    'operator raft snapshot') commands='restore save verify' ;;
    'operator raft snapshot restore') flags='-force -format=' ;;
    'operator raft snapshot save') flags='-format=' ;;
    'operator raft snapshot verify') flags='-format=' ;;
    'operator rekey') flags='-backup -backup-delete -backup-retrieve -cancel -format= -init -key-shares= -key-threshold= -nonce= -pgp-keys= -status -target= -verify' ;;
    'operator rotate') flags='-format=' ;;
    'operator rotate-keys') flags='-backup -backup-delete -backup-retrieve -cancel -format= -init -key-shares= -key-threshold= -nonce= -pgp-keys= -status -target= -verify' ;;
    'operator seal') ;;
    'operator step-down') ;;
    'operator unseal') flags='-format= -migrate -reset' ;;
    'operator validate-config') flags='-config= -format=' ;;
    'patch') flags='-field= -force -format=' ;;
    'path-help') flags='-format=' ;;
    'pki') commands='health-check issue list-intermediates reissue verify-sign' ;;
    'pki health-check') flags='-default-disabled -format= -health-config= -list -return-indicator=' ;;
    'pki issue') flags='-format= -issuer_name= -type=' ;;
    'pki list-intermediates') flags='-direct_sign -format= -indirect_sign -key_id_match -path_match -subject_match -use_names' ;;
    'pki reissue') flags='-format= -issuer_name= -type=' ;;
    'pki verify-sign') flags='-format=' ;;
    'plugin') commands='deregister info init list register reload reload-status' ;;
    'plugin deregister') flags='-version=' ;;
    'plugin info') flags='-field= -format= -version=' ;;
    'plugin init') flags='-config= -directory= -timeout=' ;;
    'plugin list') flags='-detailed -format=' ;;
    'plugin register') flags='-args= -command= -oci -sha256= -version=' ;;
    'plugin reload') flags='-mounts= -plugin= -scope=' ;;
    'plugin reload-status') ;;
    'policy') commands='delete fmt list read write' ;;
    'policy delete') ;;
    'policy fmt') ;;
    'policy list') flags='-format=' ;;
    'policy read') flags='-format=' ;;
    'policy write') ;;
    'print') commands='token' ;;
    'print token') ;;
    'proxy') flags='-config= -exit-after-auth -log-file= -log-format= -log-level= -log-rotate-bytes= -log-rotate-duration= -log-rotate-max-files=' ;;
    'read') flags='-field= -format=' ;;
    'scan') flags='-after= -detailed -format= -limit=' ;;
    'secrets') commands='disable enable list move tune' ;;
    'secrets disable') ;;
    'secrets enable') flags='-allowed-response-headers= -audit-non-hmac-request-keys= -audit-non-hmac-response-keys= -default-lease-ttl= -description= -external-entropy-access -force-no-cache -listing-visibility= -local -max-lease-ttl= -options= -passthrough-request-headers= -path= -plugin-name= -plugin-version= -seal-wrap -version=' ;;
    'secrets list') flags='-detailed -format=' ;;
    'secrets move') ;;
    'secrets tune') flags='-allowed-response-headers= -audit-non-hmac-request-keys= -audit-non-hmac-response-keys= -default-lease-ttl= -description= -listing-visibility= -max-lease-ttl= -options= -passthrough-request-headers= -plugin-version= -version=' ;;
    'server') flags='-config= -dev -dev-cluster-json= -dev-listen-address= -dev-no-store-token -dev-root-token-id= -dev-tls -dev-tls-cert-dir= -exit-on-core-shutdown -log-file= -log-format= -log-level= -log-rotate-bytes= -log-rotate-duration= -log-rotate-max-files= -recovery' ;;
    'ssh') flags='-field= -format= -host-key-hostnames= -host-key-mount-point= -mode= -mount-point= -no-exec -private-key-path= -public-key-path= -role= -ssh-executable= -strict-host-key-checking= -user-known-hosts-file= -valid-principals=' ;;
    'status') flags='-format=' ;;
    'token') commands='capabilities create lookup renew revoke' ;;
    'token capabilities') flags='-format=' ;;
    'token create') flags='-display-name= -entity-alias= -explicit-max-ttl= -field= -format= -id= -metadata= -no-default-policy -orphan -period= -policy= -renewable -role= -ttl= -type= -use-limit=' ;;
    'token lookup') flags='-accessor -format=' ;;
    'token renew') flags='-accessor -format= -increment=' ;;
    'token revoke') flags='-accessor -mode= -self' ;;
    'transit') commands='import import-version' ;;
    'transit import') ;;
    'transit import-version') ;;
    'unwrap') flags='-field= -format=' ;;
    'version') ;;
    'version-history') flags='-format=' ;;
    'write') flags='-field= -force -format=' ;;
  esac
}
_bao() {
  local commands flags path='' word i current="${COMP_WORDS[COMP_CWORD]}"
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    _bao_words "$path"
    [[ " $commands " == *" $word "* ]] || break
    path="${path:+$path }$word"
  done
  _bao_words "$path"
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags -address= -agent-address= -ca-cert= -ca-path= -client-cert= -client-key= -disable-redirects -header= -mfa= -namespace= -non-interactive -output-curl-string -output-policy -policy-override -tls-server-name= -tls-skip-verify -unlock-key= -wrap-ttl=" -- "$current"))
    [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace
  elif ((i == COMP_CWORD)) && [[ -n $commands ]]; then
    COMPREPLY=($(compgen -W "$commands" -- "$current"))
  fi
}
complete -o default -F _bao bao
