// Package check reads the files in manifests as Kubernetes and Docker Compose would, and as strictly as
// they can. It is a module of its own, because the libraries that it needs are several times as large as
// linqbot. It imports nothing of linqbot: its tests record in ../testdata/rendered.json what the files
// come to, and linqbot's own tests hold that file against the program.
package check

import (
	"errors"
	"fmt"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// Cluster is what a kustomization comes to.
type Cluster struct {
	Namespace  *corev1.Namespace
	Account    *corev1.ServiceAccount
	Config     *corev1.ConfigMap
	Claim      *corev1.PersistentVolumeClaim
	Deployment *appsv1.Deployment
	Service    *corev1.Service
	Policy     *networkingv1.NetworkPolicy
	Budget     *policyv1.PodDisruptionBudget
	Ingress    *networkingv1.Ingress
	Traefik    []*Middleware
	Monitor    *PodMonitor
}

// Render builds the kustomization in folder, and decodes everything in it strictly.
func Render(files filesys.FileSystem, folder string) (Cluster, error) {
	var c Cluster
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, folder)
	if err != nil {
		return c, err
	}
	for _, resource := range built.Resources() {
		document, err := resource.AsYAML()
		if err != nil {
			return c, err
		}
		if err := c.Decode(document); err != nil {
			return c, fmt.Errorf("%s: %w", resource.CurId(), err)
		}
	}
	return c, nil
}

// Decode takes one document, of a kind that is not there yet. An unknown field, one in other capitals,
// one given twice and a value of another type are errors, as they are in a strict API server.
func (c *Cluster) Decode(document []byte) error {
	var head struct{ APIVersion, Kind string }
	if err := yaml.Unmarshal(document, &head); err != nil {
		return err
	}
	switch head.APIVersion + " " + head.Kind {
	case "v1 Namespace":
		return decode(document, &c.Namespace)
	case "v1 ServiceAccount":
		return decode(document, &c.Account)
	case "v1 ConfigMap":
		return decode(document, &c.Config)
	case "v1 PersistentVolumeClaim":
		return decode(document, &c.Claim)
	case "apps/v1 Deployment":
		return decode(document, &c.Deployment)
	case "v1 Service":
		return decode(document, &c.Service)
	case "networking.k8s.io/v1 NetworkPolicy":
		return decode(document, &c.Policy)
	case "policy/v1 PodDisruptionBudget":
		return decode(document, &c.Budget)
	case "networking.k8s.io/v1 Ingress":
		return decode(document, &c.Ingress)
	case "traefik.io/v1alpha1 Middleware":
		c.Traefik = append(c.Traefik, nil)
		return decode(document, &c.Traefik[len(c.Traefik)-1])
	case "monitoring.coreos.com/v1 PodMonitor":
		return decode(document, &c.Monitor)
	}
	return fmt.Errorf("%s of %s is not known here", head.Kind, head.APIVersion)
}

func decode[T any](document []byte, into **T) error {
	if *into != nil {
		return errors.New("there is one already")
	}
	*into = new(T)
	content, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	mistakes, err := json.UnmarshalStrict(content, *into)
	return errors.Join(append(mistakes, err)...)
}

// Environment is what the one container of the pod gets: its own variables win over the ConfigMap's.
func (c *Cluster) Environment() map[string]string {
	env := maps.Clone(c.Config.Data)
	for _, variable := range c.Deployment.Spec.Template.Spec.Containers[0].Env {
		env[variable.Name] = variable.Value
	}
	return env
}
