// The form "Import spectra": files and folders, a collection's name. Submits an import job. UI thread.
#pragma once

#include "app/desktop/jobs/job_form.h"

namespace balmer::desktop {

/// Shown at once; deletes itself.
JobForm* showImportForm(bridge::Session& session, QWidget* parent);
/// The form "Preprocess": a collection through a preset into a dataset.
JobForm* showPreprocessForm(bridge::Session& session, const QString& collection, QWidget* parent);

} // namespace balmer::desktop
