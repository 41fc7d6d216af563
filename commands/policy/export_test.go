package policy

// deniedUnknown is what the record has of a denial after a look-up that failed.
const DeniedUnknown = deniedUnknown
