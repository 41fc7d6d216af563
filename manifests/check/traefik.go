package check

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Middleware is the part of Traefik's resource of this name that the manifests use.
type Middleware struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec MiddlewareSpec `json:"spec"`
}

// MiddlewareSpec has one field set.
type MiddlewareSpec struct {
	Buffering   *Buffering   `json:"buffering"`
	InFlightReq *InFlightReq `json:"inFlightReq"`
}

// Buffering bounds a request's body.
type Buffering struct {
	MaxRequestBodyBytes int64 `json:"maxRequestBodyBytes"`
}

// InFlightReq bounds how many requests of one source are served at once.
type InFlightReq struct {
	Amount          int64           `json:"amount"`
	SourceCriterion SourceCriterion `json:"sourceCriterion"`
}

// SourceCriterion says which requests count as one source's. Without any Traefik takes the host.
type SourceCriterion struct {
	IPStrategy  *IPStrategy `json:"ipStrategy"`
	RequestHost bool        `json:"requestHost"`
}

// IPStrategy finds the client's address: Depth counts from the right in X-Forwarded-For, and 0 means the
// other end of the connection.
type IPStrategy struct {
	Depth int `json:"depth"`
}
