#include "app/desktop/map/train_form.h"

namespace balmer::desktop {

JobForm* showTrainForm(bridge::Session& session, const std::vector<api::DatasetInfo>& datasets,
                       QWidget* parent) {
    auto* form = new JobForm(session, "som", QObject::tr("Train a map"), QObject::tr("Train"), parent);
    form->offer("dataset", datasetChoices(datasets));
    form->showFields();
    form->show();
    return form;
}

} // namespace balmer::desktop
