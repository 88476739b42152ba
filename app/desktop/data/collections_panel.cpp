#include "app/desktop/data/collections_panel.h"

#include <algorithm>

#include <QAbstractButton>
#include <QAction>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "app/desktop/place/actions.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::text;

namespace {

constexpr int kindRole = Qt::UserRole, valueRole = Qt::UserRole + 1;
enum ItemKind { AllSpectra = 1, OneCollection, BuiltInFilter, UserFilter };
const QString filtersKey = QStringLiteral("desktop.data.filters");
const QString nameKey = QStringLiteral("name"), whereKey = QStringLiteral("where");

} // namespace

CollectionsPanel::CollectionsPanel(bridge::Session& session, const std::vector<QAction*>& below,
                                   QAction* save, QAction* remove, QWidget* parent)
    : Panel(parent), session_(session), tree_(new QTreeWidget), remove_(remove) {
    tree_->setObjectName(QStringLiteral("collectionsTree"));
    tree_->setHeaderHidden(true);
    tree_->setColumnCount(2);
    tree_->header()->setStretchLastSection(false);
    tree_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    tree_->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    tree_->setIndentation(2 * widgets::gridStep);
    tree_->setFrameShape(QFrame::NoFrame);
    tree_->setToolTip(tr("Collections and saved filters: choose what the table shows"));
    tree_->setContextMenuPolicy(Qt::ActionsContextMenu);
    tree_->addAction(save);
    tree_->addAction(remove);
    remove_->setEnabled(false);
    connect(tree_, &QTreeWidget::itemSelectionChanged, this, &CollectionsPanel::itemChosen);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, widgets::gridStep);
    column->addWidget(tree_, 1);
    for (QAction* action : below) {
        auto* row = new QHBoxLayout;
        row->setContentsMargins(widgets::gridStep, 0, widgets::gridStep, 0);
        row->addWidget(buttonFor(action, this));
        column->addLayout(row);
    }
    readFilters();
}

void CollectionsPanel::load() {
    session_.lists().latest(
        this, "collections",
        [&workbench = session_.workbench()](const std::stop_token&) {
            return workbench.spectra().collections();
        },
        [this](const core::Result<std::vector<api::Collection>>& collections) {
            if (collections)
                fill(*collections);
            else
                Q_EMIT said(bridge::errorSentence(collections.error()));
        });
}

QTreeWidgetItem* CollectionsPanel::add(QTreeWidgetItem* parent, const QString& name, int kind,
                                       const QString& value) {
    auto* item = parent ? new QTreeWidgetItem(parent) : new QTreeWidgetItem(tree_);
    item->setText(0, name);
    item->setToolTip(0, kind == BuiltInFilter || kind == UserFilter ? value : name);
    item->setData(0, kindRole, kind);
    item->setData(0, valueRole, value);
    item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    item->setForeground(1, palette().placeholderText());
    return item;
}

void CollectionsPanel::fill(const std::vector<api::Collection>& collections) {
    const QSignalBlocker quiet(tree_);
    tree_->clear();
    total_ = 0;
    for (const auto& one : collections)
        total_ += one.spectra;
    auto* all = add(nullptr, tr("All spectra"), AllSpectra, {});
    all->setText(1, countText(total_));
    auto* chosen = all;
    for (const auto& one : collections) {
        auto* item = add(all, text(one.name), OneCollection, text(one.name));
        item->setText(1, countText(one.spectra));
        if (collection_ == text(one.name)) chosen = item;
    }
    auto* heading = new QTreeWidgetItem(tree_, {tr("Saved filters")});
    heading->setFlags(Qt::ItemIsEnabled);
    add(heading, tr("labelled"), BuiltInFilter, QStringLiteral("label is not null"));
    add(heading, tr("unlabelled"), BuiltInFilter, QStringLiteral("label is null"));
    add(heading, tr("noteworthy"), BuiltInFilter, QStringLiteral("flag = 'noteworthy'"));
    for (const auto& filter : filters_)
        add(heading, filter.name, UserFilter, filter.expression);
    tree_->expandAll();
    tree_->setCurrentItem(chosen);
    remove_->setEnabled(false);
    if (chosen == all) collection_.clear();
    Q_EMIT loaded();
}

void CollectionsPanel::itemChosen() {
    const auto* item = tree_->currentItem();
    if (!item) return;
    const int kind = item->data(0, kindRole).toInt();
    const QString value = item->data(0, valueRole).toString();
    remove_->setEnabled(kind == UserFilter);
    if (kind == AllSpectra || kind == OneCollection) {
        collection_ = value;
        Q_EMIT collectionChosen();
    } else if (kind != 0) {
        Q_EMIT filterChosen(value);
    }
}

void CollectionsPanel::chooseAll() {
    collection_.clear();
    const QSignalBlocker quiet(tree_);
    if (auto* all = tree_->topLevelItem(0)) tree_->setCurrentItem(all);
}

void CollectionsPanel::saveFilter(const QString& expression) {
    if (std::none_of(filters_.begin(), filters_.end(),
                     [&](const auto& one) { return one.expression == expression; }))
        filters_.push_back({expression, expression});
    keepFilters();
}

void CollectionsPanel::removeChosenFilter() {
    const auto* item = tree_->currentItem();
    if (!item || item->data(0, kindRole).toInt() != UserFilter) return;
    const QString expression = item->data(0, valueRole).toString();
    std::erase_if(filters_, [&](const auto& one) { return one.expression == expression; });
    keepFilters();
}

void CollectionsPanel::readFilters() {
    const auto saved = QJsonDocument::fromJson(session_.setting(filtersKey).toUtf8()).array();
    for (const auto& one : saved)
        filters_.push_back({one.toObject()[nameKey].toString(), one.toObject()[whereKey].toString()});
}

void CollectionsPanel::keepFilters() {
    QJsonArray all;
    for (const auto& one : filters_)
        all << QJsonObject{{nameKey, one.name}, {whereKey, one.expression}};
    session_.setSetting(filtersKey, QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Compact)));
    load();
}

} // namespace balmer::desktop
