// The form "Train a map": submits a job of kind som. UI thread.
#pragma once

#include <vector>

#include "app/desktop/jobs/job_form.h"

namespace balmer::desktop {

/// Shown at once; deletes itself. There must be a dataset.
JobForm* showTrainForm(bridge::Session& session, const std::vector<api::DatasetInfo>& datasets,
                       QWidget* parent);

} // namespace balmer::desktop
