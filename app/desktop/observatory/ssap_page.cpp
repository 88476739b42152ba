#include "app/desktop/observatory/ssap_page.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QUrl>

#include "app/desktop/observatory/found_panel.h"
#include "app/desktop/observatory/service_form.h"

namespace balmer::desktop {

namespace {

constexpr int mostRowsAllowed = 1'000'000;

QComboBox* choice(const QString& name, const QString& title, const QString& tip,
                  const std::vector<std::pair<QString, QString>>& items, QWidget* parent) {
    auto* box = new QComboBox(parent);
    box->setObjectName(name);
    box->setAccessibleName(title);
    box->setToolTip(tip);
    for (const auto& [words, value] : items)
        box->addItem(words, value);
    return box;
}

void choose(QComboBox* box, const QJsonValue& value) {
    if (const int at = box->findData(value.toString()); at >= 0) box->setCurrentIndex(at);
}

QHBoxLayout* sideBySide(std::initializer_list<QWidget*> fields) {
    auto* row = new QHBoxLayout;
    row->setSpacing(widgets::gridStep);
    for (QWidget* field : fields)
        row->addWidget(field, qobject_cast<QLineEdit*>(field) ? 1 : 0);
    return row;
}

} // namespace

SsapPage::SsapPage(bridge::Session& session, QWidget* parent)
    : ObservatoryPage(session, QStringLiteral("ssap"),
                      tr("An archive that answers questions by Simple Spectral Access."), tr("Ask"),
                      tr("Ask the service which spectra it has, fetch none yet (Enter)"), parent),
      found_(
          new FoundPanel(session, QStringLiteral("ssapFound"),
                         tr("Choose a service or type its address, say where and what, and press Ask: what "
                            "it has is listed here, and nothing is fetched before you say so."),
                         this)) {
    build();
    restore();
}

void SsapPage::build() {
    service_ = choice(named("ServiceField"), tr("Service"), tr("Your services, or the address typed below"),
                      {}, this);
    service_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    address_ =
        namedField(named("AddressField"), tr("Address"), QStringLiteral("https://archive.example.org/ssap?"),
                   tr("The access URL of the service"), this);
    auto* add = namedButton(named("AddServiceButton"), tr("Add…"),
                            tr("Keep this address under a name of your own"), this);
    change_ = namedButton(named("ChangeServiceButton"), tr("Change…"),
                          tr("Another name, address or remark for the chosen service"), this);
    remove_ = namedButton(named("RemoveServiceButton"), tr("Remove"),
                          tr("Take the chosen service from your list; Add… brings it back"), this);
    positions_ = new QPlainTextEdit(this);
    positions_->setObjectName(named("PositionsField"));
    positions_->setAccessibleName(tr("Positions"));
    positions_->setPlaceholderText(tr("83.633 22.014\nvega = 18:36:56.3 +38:47:01"));
    positions_->setToolTip(
        tr("Right ascension and declination, ICRS, one position a line: degrees, or hours where "
           "it is sexagesimal; with “name =” before it if you like. Empty: everywhere"));
    positions_->setTabChangesFocus(true);
    positions_->setFixedHeight(3 * fontMetrics().lineSpacing() + 2 * widgets::gridStep);
    positions_->setLineWrapMode(QPlainTextEdit::NoWrap);
    size_ = namedField(named("SizeField"), tr("Size"), tr("the service's own"),
                       tr("Diameter of the region around each position"), this);
    sizeUnit_ = choice(named("SizeUnitField"), tr("Unit of the size"), tr("Unit of the size"),
                       {{tr("degrees"), QStringLiteral("deg")},
                        {tr("arcmin"), QStringLiteral("arcmin")},
                        {tr("arcsec"), QStringLiteral("arcsec")}},
                       this);
    from_ = namedField(named("FromField"), tr("Band from"), tr("from"),
                       tr("Shortest wavelength of the band; empty: open"), this);
    to_ = namedField(named("ToField"), tr("Band to"), tr("to"),
                     tr("Longest wavelength of the band; empty: open"), this);
    bandUnit_ = choice(
        named("BandUnitField"), tr("Unit of the band"), tr("Unit of the band"),
        {{QStringLiteral("Å"), QStringLiteral("angstrom")}, {QStringLiteral("nm"), QStringLiteral("nm")}},
        this);
    time_ =
        namedField(named("TimeField"), tr("Time"), QStringLiteral("2014-01-01/2014-12-31"),
                   tr("When it was observed, ISO 8601, UTC: a day, or from/to with either end open"), this);
    target_ = namedField(named("TargetField"), tr("Object"), tr("a name, where the service knows names"),
                         tr("An object's name; many services know positions alone"), this);
    collection_ = namedField(named("CollectionField"), tr("Collection"), tr("all"),
                             tr("The service's name for a part of its archive"), this);
    format_ = choice(named("FormatField"), tr("Format"), tr("In which form the spectra should be"),
                     {{tr("as the service likes"), QString()},
                      {tr("FITS"), QStringLiteral("fits")},
                      {tr("VOTable"), QStringLiteral("votable")},
                      {tr("of the spectral data model"), QStringLiteral("compliant")},
                      {tr("every form it has"), QStringLiteral("all")}},
                     this);
    most_ = new QSpinBox(this);
    most_->setObjectName(named("MostField"));
    most_->setAccessibleName(tr("Rows at most"));
    most_->setToolTip(
        tr("No more rows than this for each position (MAXREC); 0: as many as the service gives"));
    most_->setRange(0, mostRowsAllowed);
    most_->setSpecialValueText(tr("the service's own limit"));
    most_->setButtonSymbols(QAbstractSpinBox::NoButtons);

    addRow(tr("Service"), service_);
    addRow(tr("Address"), address_);
    auto* services = sideBySide({add, change_, remove_});
    services->addStretch(1);
    addRow(QString(), services, add);
    addRow(tr("Positions"), positions_);
    addRow(tr("Size"), sideBySide({size_, sizeUnit_}), size_);
    addRow(tr("Band"), sideBySide({from_, to_, bandUnit_}), from_);
    addRow(tr("Time"), time_);
    addRow(tr("Object"), target_);
    addRow(tr("Collection"), collection_);
    addRow(tr("Format"), format_);
    addRow(tr("Rows at most"), most_);
    for (QLineEdit* field : {address_, size_, from_, to_, time_, target_, collection_})
        asksOnEnter(field);
    setContent(found_);

    connect(service_, &QComboBox::currentIndexChanged, this, &SsapPage::serviceChosen);
    // Another address than the service's: it is that which is asked.
    connect(address_, &QLineEdit::textEdited, this,
            [this] { service_->setCurrentIndex(service_->count() - 1); });
    connect(add, &QPushButton::clicked, this, &SsapPage::addService);
    connect(change_, &QPushButton::clicked, this, &SsapPage::changeService);
    connect(remove_, &QPushButton::clicked, this, &SsapPage::removeService);
    connect(found_, &FoundPanel::jobRequested, this, &SsapPage::jobRequested);
    connect(found_, &FoundPanel::spectrumRequested, this, &SsapPage::spectrumRequested);
}

void SsapPage::enter() {
    // The list is the user's: another window, or `balmer vo services`, may have changed it.
    loadServices(service_->currentData().toString());
    if (address_->text().isEmpty())
        address_->setFocus();
    else
        positions_->setFocus();
}

void SsapPage::loadServices(const QString& choose) {
    const auto known = session_.workbench().observatory().services();
    services_.clear();
    if (known)
        std::copy_if(known->begin(), known->end(), std::back_inserter(services_),
                     [](const auto& one) { return one.kind == "ssap"; });
    else
        say(bridge::errorText(known.error()), widgets::Tone::Error);
    {
        const QSignalBlocker quiet(service_);
        service_->clear();
        for (const auto& one : services_) {
            service_->addItem(text(one.name), text(one.name));
            service_->setItemData(service_->count() - 1,
                                  one.remark.empty() ? text(one.url) : text(one.url + "\n" + one.remark),
                                  Qt::ToolTipRole);
        }
        service_->addItem(services_.empty() ? tr("no service kept yet: type an address")
                                            : tr("the address below"),
                          QString());
        const int at = choose.isEmpty() ? -1 : service_->findData(choose);
        service_->setCurrentIndex(at >= 0 ? at : service_->count() - 1);
    }
    serviceChosen();
}

const vo::Service* SsapPage::chosenService() const {
    const int at = service_->currentIndex();
    return at >= 0 && std::size_t(at) < services_.size() ? &services_[std::size_t(at)] : nullptr;
}

void SsapPage::serviceChosen() {
    const auto* service = chosenService();
    if (service) {
        address_->setText(text(service->url));
        address_->setCursorPosition(0);
    }
    change_->setEnabled(service != nullptr);
    remove_->setEnabled(service != nullptr);
}

void SsapPage::addService() {
    vo::Service service;
    if (!chosenService()) service.url = plain(address());
    // What was removed comes back with its name and remark.
    if (service.url == removed_.url) service = removed_;
    auto* form = new ServiceForm(session_, service, false, this);
    connect(form, &ServiceForm::kept, this, &SsapPage::loadServices);
    form->show();
}

void SsapPage::changeService() {
    const auto* service = chosenService();
    if (!service) return;
    auto* form = new ServiceForm(session_, *service, true, this);
    connect(form, &ServiceForm::kept, this, &SsapPage::loadServices);
    form->show();
}

void SsapPage::removeService() {
    const auto* service = chosenService();
    if (!service) return;
    const vo::Service gone = *service;
    const auto removed = session_.workbench().observatory().removeService(gone.name);
    loadServices({});
    if (!removed) {
        say(bridge::errorText(removed.error()), widgets::Tone::Error);
        return;
    }
    removed_ = gone;
    say(tr("%1 is no longer in your list. Its address still stands in the field; Add… brings it back.")
            .arg(text(gone.name)));
}

QString SsapPage::address() const {
    return address_->text().trimmed();
}

SsapEntries SsapPage::entries() const {
    SsapEntries all;
    all.positions = positions_->toPlainText();
    all.size = size_->text();
    all.sizeUnit = sizeUnit_->currentData().toString();
    all.from = from_->text();
    all.to = to_->text();
    all.nanometres = bandUnit_->currentData() == QLatin1String("nm");
    all.time = time_->text();
    all.target = target_->text();
    all.collection = collection_->text();
    all.format = format_->currentData().toString();
    all.mostRows = most_->value();
    return all;
}

QWidget* SsapPage::fieldNamed(const QString& field) const {
    const std::pair<const char*, QWidget*> fields[] = {
        {"positions", positions_}, {"size", size_}, {"from", from_}, {"to", to_}, {"time", time_}};
    for (const auto& [name, widget] : fields)
        if (field == QLatin1String(name)) return widget;
    return nullptr;
}

QJsonObject SsapPage::entered() const {
    return {{QStringLiteral("service"), service_->currentData().toString()},
            {QStringLiteral("address"), withoutSecret(address())},
            {QStringLiteral("positions"), positions_->toPlainText()},
            {QStringLiteral("size"), size_->text()},
            {QStringLiteral("sizeUnit"), sizeUnit_->currentData().toString()},
            {QStringLiteral("from"), from_->text()},
            {QStringLiteral("to"), to_->text()},
            {QStringLiteral("bandUnit"), bandUnit_->currentData().toString()},
            {QStringLiteral("time"), time_->text()},
            {QStringLiteral("target"), target_->text()},
            {QStringLiteral("collection"), collection_->text()},
            {QStringLiteral("format"), format_->currentData().toString()},
            {QStringLiteral("most"), most_->value()}};
}

void SsapPage::enter(const QJsonObject& entries) {
    const auto word = [&](const char* key) { return entries[QLatin1String(key)].toString(); };
    loadServices(word("service"));
    if (!chosenService()) address_->setText(word("address"));
    // At the first time the first service is as good as any.
    if (entries.isEmpty() && !services_.empty()) service_->setCurrentIndex(0);
    positions_->setPlainText(word("positions"));
    size_->setText(word("size"));
    choose(sizeUnit_, entries[QStringLiteral("sizeUnit")]);
    from_->setText(word("from"));
    to_->setText(word("to"));
    choose(bandUnit_, entries[QStringLiteral("bandUnit")]);
    time_->setText(word("time"));
    target_->setText(word("target"));
    collection_->setText(word("collection"));
    choose(format_, entries[QStringLiteral("format")]);
    most_->setValue(entries[QStringLiteral("most")].toInt());
}

void SsapPage::ask() {
    const auto* service = chosenService();
    if (!service && address().isEmpty()) {
        refuse(tr("Choose a service, or type the address of one."), address_);
        return;
    }
    auto question = understand(entries());
    if (!question.trouble.isEmpty()) {
        refuse(question.trouble, fieldNamed(question.field));
        return;
    }
    keep();
    const QString name = service ? text(service->name) : QUrl(address()).host();
    question_.ask(
        [where = service ? service->name : plain(address()), question](api::Observatory& observatory,
                                                                       core::TaskContext& task) {
            auto list = observatory.askSsap(where, question.query, {}, task);
            std::vector<std::string> askedFor;
            if (list) askedFor = nearestNames(list->list, question.query, question.names);
            return std::pair(std::move(list), std::move(askedFor));
        },
        [this, name](std::pair<core::Result<api::MarkedList>, std::vector<std::string>> answer) {
            if (!answer.first) {
                refuse(answer.first.error(), nullptr);
                return;
            }
            const auto& list = answer.first->list;
            say(tr("%1 answers: %2%3.")
                    .arg(name, countText(list.rows.size(), tr("row"), tr("rows")),
                         list.overflow ? tr(", and it has more") : QString()),
                list.overflow ? widgets::Tone::Warning : widgets::Tone::Muted);
            found_->showList(std::move(*answer.first), std::move(answer.second), name);
        });
}

} // namespace balmer::desktop
