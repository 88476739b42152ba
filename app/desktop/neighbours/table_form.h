// The form "Take columns and labels": a table that came, matched by id with the spectra of the project.
// Submits a table-import job. UI thread.
#pragma once

#include "app/desktop/jobs/job_form.h"
#include "engine/api/neighbours.h"

namespace balmer::desktop {

/// Shown at once; deletes itself.
JobForm* showTableForm(bridge::Session& session, const QString& from, const api::ReceivedTable& table,
                       QWidget* parent);

} // namespace balmer::desktop
