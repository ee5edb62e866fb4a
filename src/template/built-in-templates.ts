/**
 * The templates of Alertmanager's that configurations call by name, with Alertmanager's output; a template file may define
 * them anew. What the receivers say by default is not written in templates.
 */
import type { TemplateSource } from './template-error.ts';

/** The space before the parenthesis stays where there is none, as in Alertmanager. */
export const BUILT_IN_TEMPLATES: TemplateSource = {
  name: 'built-in',
  text: `
{{ define "__subject" -}}
  [{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}] {{ join " " .GroupLabels.SortedPairs.Values }} {{ if gt (len .CommonLabels) (len .GroupLabels) -}}
    ({{ with .CommonLabels.Remove .GroupLabels.Names }}{{ join " " .Values }}{{ end }})
  {{- end }}
{{- end }}
{{ define "email.default.subject" }}{{ template "__subject" . }}{{ end }}
`,
};
