{{- define "docket.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "docket.fullname" -}}
{{- $name := include "docket.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of a role; the first argument is the root, the second the role. */}}
{{- define "docket.selector" -}}
app.kubernetes.io/name: {{ include "docket.name" (index . 0) }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "docket.labels" -}}
{{- $root := index . 0 -}}
{{ include "docket.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "docket.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "docket.env" -}}
- name: DOCKET_CONFIG
  value: /etc/docket/docket.toml
- name: DOCKET_DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.existingSecret | default (include "docket.fullname" .) }}
      key: {{ .Values.database.key }}
- name: DOCKET_BLOB_URL
  value: {{ .Values.storage.url | quote }}
{{- with .Values.storage.endpoint }}
- name: DOCKET_BLOB_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{- with .Values.storage.region }}
- name: DOCKET_BLOB_REGION
  value: {{ . | quote }}
{{- end }}
{{- if or .Values.storage.existingSecret .Values.storage.accessKeyId }}
{{- range $key := list "DOCKET_BLOB_ACCESS_KEY_ID" "DOCKET_BLOB_SECRET_ACCESS_KEY" }}
- name: {{ $key }}
  valueFrom:
    secretKeyRef:
      name: {{ $.Values.storage.existingSecret | default (include "docket.fullname" $) }}
      key: {{ $key }}
{{- end }}
{{- end }}
{{- with .Values.apiKeySecret }}
- name: DOCKET_API_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: DOCKET_API_KEY
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The pod of a role: root, role, values of the role, arguments of docket. */}}
{{- define "docket.pod" -}}
{{- $root := index . 0 -}}
{{- $role := index . 1 -}}
{{- $values := index . 2 -}}
metadata:
  labels:
    {{- include "docket.labels" (list $root $role) | nindent 4 }}
    {{- with $root.Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # New pods for new settings.
    checksum/config: {{ include (print $root.Template.BasePath "/configmap.yaml") $root | sha256sum }}
    checksum/secret: {{ include (print $root.Template.BasePath "/secret.yaml") $root | sha256sum }}
    {{- if $root.Values.monitoring.annotations }}
    prometheus.io/scrape: "true"
    prometheus.io/port: {{ ternary "8080" "9090" (eq $role "api") | quote }}
    {{- end }}
    {{- with $root.Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "docket.fullname" $root }}
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: {{ $root.Values.terminationGracePeriodSeconds }}
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    # The profile of the runtime allows what Docket confines its children with: seccomp and Landlock.
    seccompProfile:
      type: RuntimeDefault
  {{- if eq $role "worker" }}
  initContainers:
    # `docket work` refuses a schema that is too old; whichever pod is first brings it up to date.
    - name: migrate
      {{- include "docket.container" $root | nindent 6 }}
      args: [migrate]
      resources:
        requests: {cpu: 50m, memory: 64Mi}
        limits: {memory: 256Mi}
  {{- end }}
  containers:
    - name: docket
      {{- include "docket.container" $root | nindent 6 }}
      args: {{ toJson (index . 3) }}
      ports:
        {{- if eq $role "api" }}
        - {name: http, containerPort: 8080}
        {{- end }}
        - {name: metrics, containerPort: 9090}
      {{- $port := ternary "http" "metrics" (eq $role "api") }}
      startupProbe:
        httpGet: {path: /health, port: {{ $port }}}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /health, port: {{ $port }}}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: {{ ternary "/ready" "/health" (eq $role "api") }}, port: {{ $port }}}
        periodSeconds: 5
        timeoutSeconds: 6
      resources:
        {{- toYaml $values.resources | nindent 8 }}
  volumes:
    - name: config
      configMap:
        name: {{ include "docket.fullname" $root }}
    - name: data
      emptyDir: {}
    - name: tmp
      emptyDir: {}
    {{- with $root.Values.models.tessdata.existingClaim }}
    - name: tessdata
      persistentVolumeClaim:
        claimName: {{ . }}
        readOnly: true
    {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "docket.selector" (list $root $role) | nindent 10 }}
{{- end -}}

{{/* What all containers have in common. */}}
{{- define "docket.container" -}}
image: {{ include "docket.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
env:
  {{- include "docket.env" . | nindent 2 }}
volumeMounts:
  - {name: config, mountPath: /etc/docket, readOnly: true}
  # Postgres and the bucket hold everything; this stays almost empty.
  - {name: data, mountPath: /data}
  - {name: tmp, mountPath: /tmp}
  {{- if .Values.models.tessdata.existingClaim }}
  - {name: tessdata, mountPath: /tessdata, readOnly: true}
  {{- end }}
{{- end -}}
