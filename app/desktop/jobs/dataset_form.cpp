#include "app/desktop/jobs/dataset_form.h"

namespace balmer::desktop {

JobForm* showDatasetForm(bridge::Session& session, const std::string& kind, const QString& title,
                         const QString& submitText, const std::vector<api::DatasetInfo>& datasets,
                         QWidget* parent) {
    auto* form = new JobForm(session, kind, title, submitText, parent);
    form->offer("dataset", datasetChoices(datasets));
    form->showFields();
    form->show();
    return form;
}

} // namespace balmer::desktop
