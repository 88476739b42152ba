#include "app/desktop/label/start_form.h"

namespace balmer::desktop {

JobForm* showStartForm(bridge::Session& session, const std::vector<api::DatasetInfo>& datasets,
                       QWidget* parent) {
    auto* form = new JobForm(session, "round", QObject::tr("Start labelling"), QObject::tr("Start"), parent);
    form->offer("dataset", datasetChoices(datasets));
    form->showFields();
    form->show();
    return form;
}

} // namespace balmer::desktop
