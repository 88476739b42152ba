// The form of a job that works on one of the project's datasets: a round, a map, an audit, a search. UI
// thread.
#pragma once

#include <string>
#include <vector>

#include "app/desktop/jobs/job_form.h"
#include "engine/api/datasets.h"

namespace balmer::desktop {

/// Shows it, with the datasets to choose from. Values to begin with may be set on what it returns.
JobForm* showDatasetForm(bridge::Session& session, const std::string& kind, const QString& title,
                         const QString& submitText, const std::vector<api::DatasetInfo>& datasets,
                         QWidget* parent);

} // namespace balmer::desktop
