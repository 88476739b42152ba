// The form "Start labelling": submits a job of kind round. UI thread.
#pragma once

#include <vector>

#include "app/desktop/jobs/job_form.h"

namespace balmer::desktop {

/// Shown at once; deletes itself. There must be a dataset.
JobForm* showStartForm(bridge::Session& session, const std::vector<api::DatasetInfo>& datasets,
                       QWidget* parent);

} // namespace balmer::desktop
