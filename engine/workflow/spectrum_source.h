// Where a spectrum's numbers are: its file, or the dataset in which it came. Any thread.
#pragma once

#include "engine/core/result.h"
#include "engine/dataset/dataset.h"
#include "engine/spectrum/spectrum.h"
#include "engine/store/catalogue.h"
#include "engine/store/project.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/open_datasets.h"

namespace balmer::workflow {

/// Opens the file of a registered dataset. Errors: NotFound naming the datasets that exist; Io, Format.
core::Result<dataset::Dataset> openDataset(store::Project& project, const std::string& name);

/// Reads the numbers of a catalogued spectrum; its metadata are as the file states them, without the header.
/// A carried file is read where it lies. Errors: NotFound when the file has gone or changed, saying where it
/// was; those of the readers.
core::Result<spectrum::Spectrum> loadSpectrum(OpenDatasets& datasets, const store::SpectrumRecord& record,
                                              const CarriedFiles* carried = nullptr);

} // namespace balmer::workflow
