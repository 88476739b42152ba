#include "widgets/common/theme.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QApplication>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>
#include <QPolygonF>
#include <QProxyStyle>
#include <QStyle>
#include <QStyleFactory>
#include <QStyleOption>
#include <QWidget>

namespace balmer::widgets {

namespace {

ThemeColours lightColours() {
    ThemeColours c;
    c.dark = false;
    c.window = QColor(0xF3F4F5);
    c.panel = QColor(0xFCFCFC);
    c.raised = QColor(0xE8EAEC);
    c.plot = QColor(0xFFFFFF);
    c.grid = QColor(0xE9EBED);
    c.border = QColor(0xD3D7DB);
    c.text = QColor(0x1D2125);
    c.mutedText = QColor(0x5B636B);
    c.faintText = QColor(0x686F76);
    c.accent = QColor(0xD1495B);
    c.accentText = QColor(0xB5364A);
    c.onAccent = QColor(0xFFFFFF);
    c.selection = QColor(0x2E86AB);
    c.selectionText = QColor(0x1F6F91);
    c.model = QColor(0x7B5EA7);
    c.modelText = QColor(0x6C4F99);
    c.good = QColor(0x1E7B4B);
    c.warning = QColor(0x8F5A00);
    c.error = QColor(0xB3261E);
    c.masked = QColor(0xA9AFB5);
    c.spectrum = QColor(0x24292E);
    return c;
}

ThemeColours darkColours() {
    ThemeColours c;
    c.dark = true;
    c.window = QColor(0x1B1D20);
    c.panel = QColor(0x212428);
    c.raised = QColor(0x2E3237);
    c.plot = QColor(0x16181A);
    c.grid = QColor(0x282B2F);
    c.border = QColor(0x3B4046);
    c.text = QColor(0xE4E6E8);
    c.mutedText = QColor(0xA2A9B0);
    c.faintText = QColor(0x8A9198);
    c.accent = QColor(0xFF6B7A);
    c.accentText = QColor(0xFF7F8C);
    c.onAccent = QColor(0x1B1D20);
    c.selection = QColor(0x3A97BE);
    c.selectionText = QColor(0x6FBBDB);
    c.model = QColor(0x9B80C6);
    c.modelText = QColor(0xB39BD8);
    c.good = QColor(0x5CC08B);
    c.warning = QColor(0xE0A642);
    c.error = QColor(0xFF8A80);
    c.masked = QColor(0x5E656C);
    c.spectrum = QColor(0xDFE3E6);
    return c;
}

const ThemeColours light = lightColours();
const ThemeColours dark = darkColours();
const ThemeColours* current = &light;
const ThemeColours* beforeScope = nullptr;

QPalette paletteOf(const ThemeColours& c) {
    QPalette p;
    p.setColor(QPalette::Window, c.window);
    p.setColor(QPalette::WindowText, c.text);
    p.setColor(QPalette::Base, c.panel);
    p.setColor(QPalette::AlternateBase, c.dark ? c.panel.lighter(108) : c.panel.darker(102));
    p.setColor(QPalette::Text, c.text);
    p.setColor(QPalette::PlaceholderText, c.mutedText);
    p.setColor(QPalette::Button, c.raised);
    p.setColor(QPalette::ButtonText, c.text);
    p.setColor(QPalette::BrightText, c.accentText);
    p.setColor(QPalette::ToolTipBase, c.raised);
    p.setColor(QPalette::ToolTipText, c.text);
    p.setColor(QPalette::Highlight, c.selectionText);
    p.setColor(QPalette::HighlightedText, c.dark ? c.window : QColor(Qt::white));
    p.setColor(QPalette::Link, c.selectionText);
    p.setColor(QPalette::LinkVisited, c.modelText);
    p.setColor(QPalette::Light, c.dark ? c.raised.lighter(125) : QColor(Qt::white));
    p.setColor(QPalette::Midlight, c.raised);
    p.setColor(QPalette::Mid, c.border);
    p.setColor(QPalette::Dark, c.dark ? QColor(0x0F1012) : c.border.darker(115));
    p.setColor(QPalette::Shadow, c.dark ? QColor(0x08090A) : QColor(0x9AA0A6));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, c.faintText);
    p.setColor(QPalette::Disabled, QPalette::Highlight, c.border);
    return p;
}

QString styleSheetOf(const ThemeColours& c) {
    QString sheet = QStringLiteral(R"(
QToolTip { background: %raised; color: %text; border: 1px solid %border; padding: 4px 6px; }
QAbstractItemView { border: none; background: %panel; outline: none; selection-background-color: %pick; selection-color: %text; }
QAbstractItemView::item { border: none; padding: 0 4px; }
QAbstractItemView::item:selected { background: %pick; color: %text; }
QAbstractItemView::item:hover:!selected { background: %hover; }
QTableView { gridline-color: transparent; }
QLabel[tone="muted"] { color: %muted; }
QLabel[tone="warning"] { color: %warning; }
QLabel[tone="error"] { color: %error; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-origin: padding; subcontrol-position: top center; width: 10px; height: 7px; }
QHeaderView { background: %window; border: none; }
QHeaderView::section { background: %window; color: %muted; border: none; border-bottom: 1px solid %border; padding: 4px 6px; text-align: left; }
QTableCornerButton::section { background: %window; border: none; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox { background: %panel; color: %text; border: 1px solid %border; border-radius: 4px; padding: 3px 6px; selection-background-color: %link; selection-color: %onlink; }
QSpinBox, QDoubleSpinBox { padding-right: 0px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus { border-color: %selection; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"] { border-color: %error; }
QLineEdit:disabled, QPlainTextEdit:disabled { color: %muted; background: %window; }
QPushButton { background: %raised; color: %text; border: 1px solid %border; border-radius: 4px; padding: 5px 14px; min-height: 18px; }
QPushButton:hover { border-color: %muted; }
QPushButton:pressed, QPushButton:checked { background: %border; }
QPushButton:flat { background: transparent; border-color: transparent; }
QPushButton:flat:hover { background: %raised; }
QPushButton:focus { border-color: %selection; }
QPushButton:disabled { color: %faint; background: %window; }
QPushButton[primary="true"] { background: %primary; color: %onaccent; border-color: %primary; }
QPushButton[primary="true"]:disabled { background: %window; color: %faint; border-color: %border; }
QToolButton { background: transparent; color: %text; border: 1px solid transparent; border-radius: 4px; padding: 4px; }
QToolButton:hover { background: %raised; }
QToolButton:pressed, QToolButton:checked { background: %raised; border-color: %border; }
QToolButton:focus { border-color: %selection; }
QToolButton:disabled { color: %faint; background: transparent; }
QToolButton::menu-indicator { image: none; }
QTabWidget::pane { border: none; border-top: 1px solid %border; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: %muted; border: none; border-bottom: 2px solid transparent; padding: 6px 12px; }
QTabBar::tab:selected { color: %text; border-bottom-color: %accent; }
QTabBar::tab:hover { color: %text; }
QDockWidget { color: %muted; titlebar-close-icon: none; }
QDockWidget::title { background: %window; padding: 6px 8px; text-align: left; }
QMainWindow::separator { background: %window; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: %selection; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: %selection; }
QMenu { background: %panel; color: %text; border: 1px solid %border; padding: 4px 0; }
QMenu::item { padding: 5px 24px 5px 24px; }
QMenu::item:selected { background: %pick; color: %text; }
QMenu::item:disabled { color: %faint; }
QMenu::separator { height: 1px; background: %border; margin: 4px 8px; }
QRadioButton::indicator { width: 12px; height: 12px; border: 1px solid %muted; background: %panel; border-radius: 7px; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 4px solid %selection; }
QRadioButton::indicator:disabled { border-color: %border; }
QGroupBox { border: none; margin-top: 20px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; padding: 0; }
QStatusBar { background: %window; color: %muted; }
QStatusBar::item { border: none; }
QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: %border; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: %muted; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: %raised; border: none; border-radius: 3px; height: 6px; text-align: center; color: %text; }
QProgressBar::chunk { background: %selection; border-radius: 3px; }
)");
    const auto mix = [](const QColor& a, const QColor& b, double t) {
        return QColor::fromRgbF(float(a.redF() * (1 - t) + b.redF() * t),
                                float(a.greenF() * (1 - t) + b.greenF() * t),
                                float(a.blueF() * (1 - t) + b.blueF() * t));
    };
    // The longer names come first, so that none is the beginning of a later one.
    const std::array<std::pair<const char*, QColor>, 19> names{{
        {"%onaccent", c.onAccent},
        {"%onlink", c.dark ? c.window : QColor(Qt::white)},
        {"%selection", c.selection},
        {"%primary", c.accentText},
        {"%accent", c.accent},
        {"%window", c.window},
        {"%warning", c.warning},
        {"%raised", c.raised},
        {"%border", c.border},
        {"%panel", c.panel},
        {"%hover", mix(c.panel, c.selection, 0.07)},
        {"%muted", c.mutedText},
        {"%faint", c.faintText},
        {"%error", c.error},
        {"%pick", mix(c.panel, c.selection, c.dark ? 0.38 : 0.22)},
        {"%link", c.selectionText},
        {"%text", c.text},
        {"%plot", c.plot},
        {"%grid", c.grid},
    }};
    for (const auto& [name, colour] : names)
        sheet.replace(QLatin1String(name), colour.name());
    return sheet;
}

/// Fusion, with combo boxes and check boxes as flat as the other fields.
class HouseStyle : public QProxyStyle {
  public:
    HouseStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override {
        const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
        if (control != CC_ComboBox || !combo || combo->editable) {
            QProxyStyle::drawComplexControl(control, option, painter, widget);
            return;
        }
        const ThemeColours& c = theme();
        const bool enabled = option->state.testFlag(State_Enabled);
        const QColor edge = option->state.testFlag(State_HasFocus)               ? c.selection
                            : enabled && option->state.testFlag(State_MouseOver) ? c.mutedText
                                                                                 : c.border;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(edge, 1));
        painter->setBrush(enabled ? c.panel : c.window);
        const QRectF box = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
        painter->drawRoundedRect(box, 4, 4);
        const QPointF tip(box.right() - 11, box.center().y() + 2);
        painter->setPen(
            QPen(enabled ? c.mutedText : c.border, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->setBrush(Qt::NoBrush);
        painter->drawPolyline(QPolygonF{tip + QPointF(-4, -4), tip, tip + QPointF(4, -4)});
        painter->restore();
    }

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override {
        if (element != PE_IndicatorCheckBox) {
            QProxyStyle::drawPrimitive(element, option, painter, widget);
            return;
        }
        const ThemeColours& c = theme();
        const bool enabled = option->state.testFlag(State_Enabled), on = option->state.testFlag(State_On);
        QRectF box(0, 0, 13, 13);
        box.moveCenter(QRectF(option->rect).center());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(!enabled ? c.border : on ? c.selection : c.mutedText, 1));
        painter->setBrush(on ? (enabled ? c.selection : c.border) : c.panel);
        painter->drawRoundedRect(box, 3, 3);
        if (on) {
            painter->setPen(QPen(QColor(Qt::white), 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
            painter->setBrush(Qt::NoBrush);
            painter->drawPolyline(QPolygonF{box.topLeft() + QPointF(3, 6.8),
                                            box.topLeft() + QPointF(5.6, 9.3),
                                            box.topLeft() + QPointF(10, 4)});
        }
        painter->restore();
    }

    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                         const QWidget* widget) const override {
        const QRect rect = QProxyStyle::subControlRect(control, option, part, widget);
        return control == CC_ComboBox && part == SC_ComboBoxEditField ? rect.adjusted(gridStep / 2, 0, 0, 0)
                                                                      : rect;
    }

    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override {
        const QSize whole = QProxyStyle::sizeFromContents(type, option, size, widget);
        return type == CT_ComboBox ? whole + QSize(gridStep, gridStep / 2) : whole;
    }
};

double luminance(const QColor& colour) {
    const auto linear = [](double v) {
        return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

} // namespace

const ThemeColours& theme() {
    return *current;
}

LightThemeScope::LightThemeScope() {
    beforeScope = current;
    current = &light;
}

LightThemeScope::~LightThemeScope() {
    current = beforeScope;
}

void applyTheme(QApplication& application, ThemeMode mode) {
    static const bool platformIsDark = application.palette().color(QPalette::Window).lightness() < 128;
    static const bool styled = [&] {
        application.setStyle(new HouseStyle);
        QFont font = application.font();
        if (font.pointSizeF() > 0 && font.pointSizeF() < 9) {
            font.setPointSizeF(9);
            application.setFont(font);
        }
        return true;
    }();
    Q_UNUSED(styled);
    const bool wantDark = mode == ThemeMode::Dark || (mode == ThemeMode::System && platformIsDark);
    current = wantDark ? &dark : &light;
    application.setPalette(paletteOf(*current));
    application.setStyleSheet(styleSheetOf(*current));
}

QColor classColour(int classIndex) {
    static constexpr std::array<QRgb, 7> okabeIto{0xFFE69F00, 0xFF56B4E9, 0xFF009E73, 0xFFCC79A7,
                                                  0xFF0072B2, 0xFFD55E00, 0xFFF0E442};
    return QColor::fromRgb(okabeIto[std::size_t(std::max(classIndex, 0)) % okabeIto.size()]);
}

Marker classMarker(int classIndex) {
    return Marker(std::max(classIndex, 0) % 8);
}

void drawMarker(QPainter& painter, Marker marker, QPointF centre, double radius, const QColor& colour,
                bool filled) {
    const auto corners = [&](int n, double turn, double inner) {
        QPolygonF polygon;
        const int points = inner > 0 ? 2 * n : n;
        for (int i = 0; i < points; ++i) {
            const double angle = turn + 2 * M_PI * i / points;
            const double r = inner > 0 && i % 2 == 1 ? radius * inner : radius;
            polygon << centre + QPointF(r * std::sin(angle), -r * std::cos(angle));
        }
        return polygon;
    };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    // The edge keeps the light colours of the set visible on a light ground.
    painter.setPen(filled ? QPen(colour.darker(150), 0.7) : QPen(colour, 1.5));
    painter.setBrush(filled ? QBrush(colour) : QBrush(Qt::NoBrush));
    switch (marker) {
    case Marker::Circle:
        painter.drawEllipse(centre, radius * 0.9, radius * 0.9);
        break;
    case Marker::Square:
        painter.drawPolygon(corners(4, M_PI / 4, 0));
        break;
    case Marker::TriangleUp:
        painter.drawPolygon(corners(3, 0, 0));
        break;
    case Marker::Diamond:
        painter.drawPolygon(corners(4, 0, 0));
        break;
    case Marker::TriangleDown:
        painter.drawPolygon(corners(3, M_PI, 0));
        break;
    case Marker::Cross:
        painter.drawPolygon(corners(4, M_PI / 4, 0.35));
        break;
    case Marker::Star:
        painter.drawPolygon(corners(5, 0, 0.45));
        break;
    case Marker::Pentagon:
        painter.drawPolygon(corners(5, 0, 0));
        break;
    }
    painter.restore();
}

void setTone(QWidget& widget, Tone tone) {
    widget.setProperty("tone", tone == Tone::Muted     ? "muted"
                               : tone == Tone::Warning ? "warning"
                               : tone == Tone::Error   ? "error"
                                                       : "");
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

QFont tabularFont(const QFont& base) {
    const QFontMetricsF metrics(base);
    const double width = metrics.horizontalAdvance(QLatin1Char('0'));
    for (char digit = '1'; digit <= '9'; ++digit) {
        if (std::abs(metrics.horizontalAdvance(QLatin1Char(digit)) - width) > 0.01) {
            QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
            fixed.setPointSizeF(base.pointSizeF());
            return fixed;
        }
    }
    return base;
}

QFont smallFont(const QFont& base) {
    QFont font = base;
    if (font.pointSizeF() > 0) font.setPointSizeF(std::max(9.0, font.pointSizeF() - 1));
    return font;
}

QString groupedNumber(qint64 number) {
    QString digits = QString::number(number);
    const qsizetype first = number < 0 ? 1 : 0;
    for (qsizetype at = digits.size() - 3; at > first; at -= 3)
        digits.insert(at, QChar(0x202F));
    return digits;
}

double contrast(const QColor& a, const QColor& b) {
    const double first = luminance(a), second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

} // namespace balmer::widgets
