#include "app/desktop/data/import_form.h"

#include <QFileDialog>
#include <QJsonArray>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/common/theme.h"

namespace balmer::desktop {

namespace {

/// The list of what to import, with the buttons that fill it.
class PathList : public QWidget {
  public:
    explicit PathList(QWidget* parent) : QWidget(parent), list_(new QListWidget(this)) {
        list_->setObjectName(QStringLiteral("pathsField"));
        list_->setToolTip(QObject::tr("What will be imported; Delete takes an entry away"));
        list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
        list_->setMinimumHeight(96);
        auto* files =
            button("importFilesButton", QObject::tr("Add files…"), QObject::tr("Choose spectrum files"));
        auto* folder = button("importFolderButton", QObject::tr("Add folder…"),
                              QObject::tr("Choose a folder of spectra"));
        auto* remove =
            button("importRemoveButton", QObject::tr("Remove"), QObject::tr("Take the chosen entries away"));
        auto* row = new QHBoxLayout;
        row->addWidget(files);
        row->addWidget(folder);
        row->addStretch();
        row->addWidget(remove);
        auto* column = new QVBoxLayout(this);
        column->setContentsMargins(0, 0, 0, 0);
        column->addWidget(list_);
        auto* hint = new QLabel(QObject::tr("Nothing chosen yet: add files or a folder"));
        widgets::setTone(*hint, widgets::Tone::Muted);
        hint->setAlignment(Qt::AlignCenter);
        hint->setWordWrap(true);
        auto* inside = new QVBoxLayout(list_->viewport());
        inside->addWidget(hint);
        const auto tell = [this, hint] { hint->setVisible(list_->count() == 0); };
        connect(list_->model(), &QAbstractItemModel::rowsInserted, hint, tell);
        connect(list_->model(), &QAbstractItemModel::rowsRemoved, hint, tell);
        column->addLayout(row);
        connect(files, &QPushButton::clicked, this, [this] { choose(QFileDialog::ExistingFiles); });
        connect(folder, &QPushButton::clicked, this, [this] { choose(QFileDialog::Directory); });
        connect(remove, &QPushButton::clicked, this, [this] { qDeleteAll(list_->selectedItems()); });
    }

    QStringList paths() const {
        QStringList all;
        for (int i = 0; i < list_->count(); ++i)
            all << list_->item(i)->text();
        return all;
    }

  private:
    QPushButton* button(const char* name, const QString& words, const QString& tip) {
        auto* made = new QPushButton(words, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        made->setAutoDefault(false);
        return made;
    }
    void choose(QFileDialog::FileMode mode) {
        auto* dialog =
            new QFileDialog(this, mode == QFileDialog::Directory ? QObject::tr("Folder of spectra")
                                                                 : QObject::tr("Files of spectra"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(mode);
        connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& chosen) {
            for (const QString& path : chosen)
                if (list_->findItems(path, Qt::MatchExactly).isEmpty()) list_->addItem(path);
        });
        dialog->open();
    }

    QListWidget* list_;
};

} // namespace

JobForm* showImportForm(bridge::Session& session, QWidget* parent) {
    auto* form = new JobForm(session, "import", QObject::tr("Import spectra"), QObject::tr("Import"), parent);
    auto* list = new PathList(form);
    form->replace("paths", list,
                  [list]() -> QJsonValue { return QJsonArray::fromStringList(list->paths()); });
    form->showFields();
    form->show();
    return form;
}

JobForm* showPreprocessForm(bridge::Session& session, const QString& collection, QWidget* parent) {
    auto* form =
        new JobForm(session, "preprocess", QObject::tr("Preprocess"), QObject::tr("Preprocess"), parent);
    form->showFields();
    form->setValue("name",
                   collection.isEmpty() ? QStringLiteral("halpha") : collection + QStringLiteral(" Hα"));
    form->setValue("collection", collection);
    form->show();
    return form;
}

} // namespace balmer::desktop
