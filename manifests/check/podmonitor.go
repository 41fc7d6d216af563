package check

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// PodMonitor is the part of the Prometheus operator's resource of this name that the manifests use.
type PodMonitor struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec PodMonitorSpec `json:"spec"`
}

// PodMonitorSpec says which pods are scraped, and how.
type PodMonitorSpec struct {
	Selector            metav1.LabelSelector `json:"selector"`
	PodMetricsEndpoints []PodMetricsEndpoint `json:"podMetricsEndpoints"`
}

// PodMetricsEndpoint is a port, by its name in the pod, and what is asked for there.
type PodMetricsEndpoint struct {
	Port     string `json:"port"`
	Path     string `json:"path"`
	Interval string `json:"interval"`
}
