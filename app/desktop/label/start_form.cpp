#include "app/desktop/label/start_form.h"

#include "app/bridge/display_text.h"
#include "app/desktop/map/train_form.h"

namespace balmer::desktop {

JobForm* showStartForm(bridge::Session& session, const std::vector<api::DatasetInfo>& datasets,
                       QWidget* parent) {
    auto* form = new JobForm(
        session, "round", QObject::tr("Start labelling"),
        QObject::tr("A network ranks the dataset and asks for what it is least sure of. Without any "
                    "label yet it learns from emission profiles injected into your own spectra."),
        QObject::tr("Start"), parent);
    form->addChoice(QStringLiteral("dataset"), QObject::tr("Dataset"), datasetChoices(datasets), QString(),
                    QObject::tr("The preprocessed spectra to rank"));
    form->addList(QStringLiteral("classes"), QObject::tr("Classes"),
                  {QStringLiteral("other"), QStringLiteral("single peak"), QStringLiteral("double peak")},
                  QObject::tr("Parted by commas; the digit keys follow this order"));
    form->addList(QStringLiteral("targets"), QObject::tr("Targets"),
                  {QStringLiteral("single peak"), QStringLiteral("double peak")},
                  QObject::tr("The classes that are looked for, parted by commas"));
    form->addNumber(QStringLiteral("batch"), QObject::tr("Batch"), 50, 1, 10000,
                    QObject::tr("Spectra on each of the lists of a round"));
    form->addNumber(QStringLiteral("seed"), QObject::tr("Seed"), 1, 0, 2147483647,
                    QObject::tr("The same seed and labels give the same lists"));
    form->show();
    return form;
}

} // namespace balmer::desktop
