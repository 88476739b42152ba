#include "app/desktop/map/train_form.h"

#include <QJsonObject>
#include <QLineEdit>

#include "app/bridge/display_text.h"

namespace balmer::desktop {

std::vector<std::pair<QString, QString>> datasetChoices(const std::vector<api::DatasetInfo>& datasets) {
    std::vector<std::pair<QString, QString>> choices;
    for (const auto& one : datasets)
        choices.emplace_back(
            QStringLiteral("%1 (%2 × %3)")
                .arg(bridge::text(one.name), bridge::countText(one.rows), bridge::countText(one.columns)),
            bridge::text(one.name));
    return choices;
}

JobForm* showTrainForm(bridge::Session& session, const std::vector<api::DatasetInfo>& datasets,
                       QWidget* parent) {
    auto* form = new JobForm(
        session, "som", QObject::tr("Train a map"),
        QObject::tr("A self-organising map lays alike spectra beside each other. A map of a tenth as "
                    "many neurons as spectra, or fewer, is easy to read."),
        QObject::tr("Train"), parent);
    form->addChoice(QStringLiteral("dataset"), QObject::tr("Dataset"), datasetChoices(datasets), QString(),
                    QObject::tr("The preprocessed spectra to learn from"));
    form->addText(QStringLiteral("grid"), QObject::tr("Grid"), QStringLiteral("20x20"),
                  QObject::tr("Neurons across and down, as 20x20"));
    form->addChoice(QStringLiteral("topology"), QObject::tr("Lattice"),
                    {{QObject::tr("hexagonal"), QStringLiteral("hexagonal")},
                     {QObject::tr("rectangular"), QStringLiteral("rectangular")}},
                    QStringLiteral("hexagonal"), QObject::tr("Six neighbours for each neuron, or four"));
    form->addNumber(QStringLiteral("epochs"), QObject::tr("Epochs"), 10, 1, 100000,
                    QObject::tr("How often the whole dataset is gone through"));
    form->addNumber(QStringLiteral("seed"), QObject::tr("Seed"), 1, 0, 2147483647,
                    QObject::tr("The same seed gives the same map"));
    form->show();
    return form;
}

} // namespace balmer::desktop
