#include "widgets/common/icons.h"

#include <cmath>
#include <optional>

#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

#include "widgets/common/theme.h"

namespace balmer::widgets {

namespace {

QPolygonF hexagon(QPointF centre, double radius) {
    QPolygonF polygon;
    for (int i = 0; i < 6; ++i) {
        const double angle = M_PI / 3 * i;
        polygon << centre + QPointF(radius * std::sin(angle), -radius * std::cos(angle));
    }
    return polygon;
}

/// Draws into a square of 24 units with the painter's pen.
void drawIcon(QPainter& p, Icon which, const QColor& colour) {
    const auto lines = [&](std::initializer_list<QPointF> points) {
        p.drawPolyline(QPolygonF(QList<QPointF>(points)));
    };
    switch (which) {
    case Icon::Data: // a spectrum with one line in emission
        lines({{3, 3}, {3, 21}, {21, 21}});
        lines({{5.5, 16}, {8, 15}, {10, 16.5}, {12, 15.5}, {13.5, 5}, {15, 15.5}, {17, 14.5}, {21, 16}});
        break;
    case Icon::Map:
        for (const QPointF centre : {QPointF(7.5, 7.2), QPointF(16.5, 7.2), QPointF(12, 15.6)})
            p.drawPolygon(hexagon(centre, 5));
        p.setBrush(colour);
        p.drawPolygon(hexagon({12, 15.6}, 2));
        break;
    case Icon::Label: {
        QPainterPath tag;
        tag.moveTo(3, 4.5);
        tag.lineTo(12, 4.5);
        tag.lineTo(21, 13.5);
        tag.lineTo(13.5, 21);
        tag.lineTo(3, 11.5);
        tag.closeSubpath();
        p.drawPath(tag);
        p.setBrush(colour);
        p.drawEllipse(QPointF(7.2, 8.5), 1.2, 1.2);
        break;
    }
    case Icon::Jobs:
        for (int row = 0; row < 3; ++row) {
            p.drawEllipse(QPointF(5, 6 + 6 * row), 1.5, 1.5);
            p.drawLine(QPointF(10, 6 + 6 * row), QPointF(row == 1 ? 17 : 21, 6 + 6 * row));
        }
        break;
    case Icon::Workers:
        p.drawRoundedRect(QRectF(3, 4, 8, 7), 1, 1);
        p.drawRoundedRect(QRectF(13, 13, 8, 7), 1, 1);
        lines({{14, 7.5}, {17, 7.5}, {17, 10}});
        lines({{10, 16.5}, {7, 16.5}, {7, 14}});
        break;
    case Icon::Search:
        p.drawEllipse(QPointF(10.5, 10.5), 6, 6);
        lines({{15, 15}, {20.5, 20.5}});
        break;
    case Icon::Import:
        lines({{12, 3}, {12, 14}});
        lines({{8, 10}, {12, 14}, {16, 10}});
        lines({{4, 15}, {4, 20}, {20, 20}, {20, 15}});
        break;
    case Icon::Export:
        lines({{12, 14}, {12, 3}});
        lines({{8, 7}, {12, 3}, {16, 7}});
        lines({{4, 15}, {4, 20}, {20, 20}, {20, 15}});
        break;
    case Icon::Play:
        p.drawPolygon(QPolygonF({{7, 4.5}, {19, 12}, {7, 19.5}}));
        break;
    case Icon::Stop:
        p.drawRoundedRect(QRectF(6, 6, 12, 12), 1, 1);
        break;
    case Icon::Add:
        lines({{12, 5}, {12, 19}});
        lines({{5, 12}, {19, 12}});
        break;
    case Icon::Remove:
        lines({{5, 12}, {19, 12}});
        break;
    case Icon::Settings:
        for (int row = 0; row < 3; ++row) {
            const double y = 6 + 6 * row;
            const double x = row == 1 ? 15 : 8;
            p.drawLine(QPointF(3, y), QPointF(x - 2.2, y));
            p.drawLine(QPointF(x + 2.2, y), QPointF(21, y));
            p.drawEllipse(QPointF(x, y), 2.2, 2.2);
        }
        break;
    case Icon::Help: {
        p.drawEllipse(QPointF(12, 12), 9, 9);
        QPainterPath path(QPointF(9, 9.5));
        path.cubicTo(9, 5.5, 15, 5.5, 15, 9.5);
        path.cubicTo(15, 12, 12, 11.5, 12, 14);
        p.drawPath(path);
        p.setBrush(colour);
        p.drawEllipse(QPointF(12, 17.3), 0.5, 0.5);
        break;
    }
    case Icon::Fit:
        lines({{3, 8}, {3, 3}, {8, 3}});
        lines({{16, 3}, {21, 3}, {21, 8}});
        lines({{21, 16}, {21, 21}, {16, 21}});
        lines({{8, 21}, {3, 21}, {3, 16}});
        break;
    case Icon::Columns:
        p.drawRoundedRect(QRectF(3, 4, 18, 16), 1, 1);
        lines({{9, 4}, {9, 20}});
        lines({{15, 4}, {15, 20}});
        break;
    case Icon::LinkIdle:
        p.drawEllipse(QPointF(12, 12), 6, 6);
        break;
    case Icon::LinkConnecting:
        p.drawEllipse(QPointF(12, 12), 6, 6);
        p.setBrush(colour);
        p.drawPie(QRectF(6, 6, 12, 12), 90 * 16, 180 * 16);
        break;
    case Icon::LinkConnected:
        p.setBrush(colour);
        p.drawEllipse(QPointF(12, 12), 6, 6);
        break;
    case Icon::LinkLost:
        p.setBrush(colour);
        p.drawPolygon(QPolygonF({{12, 5.5}, {19, 18}, {5, 18}}));
        break;
    }
}

/// Of an icon that says how something stands; others take the text's colour.
std::optional<QColor> ownColour(Icon which) {
    const ThemeColours& c = theme();
    switch (which) {
    case Icon::LinkIdle:
        return c.mutedText;
    case Icon::LinkConnecting:
        return c.selectionText;
    case Icon::LinkConnected:
        return c.good;
    case Icon::LinkLost:
        return c.warning;
    default:
        return {};
    }
}

class Engine : public QIconEngine {
  public:
    explicit Engine(Icon which) : which_(which) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const ThemeColours& c = theme();
        QColor colour = state == QIcon::On ? c.accentText : c.text;
        if (mode == QIcon::Disabled) colour = c.border;
        if (const auto own = ownColour(which_)) colour = *own;
        const double side = std::min(rect.width(), rect.height());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2);
        painter->scale(side / 24, side / 24);
        painter->setPen(QPen(colour, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->setBrush(Qt::NoBrush);
        drawIcon(*painter, which_, colour);
        painter->restore();
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap result(size);
        result.fill(Qt::transparent);
        QPainter painter(&result);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return result;
    }

    QIconEngine* clone() const override { return new Engine(which_); }

  private:
    Icon which_;
};

} // namespace

QIcon icon(Icon which) {
    return QIcon(new Engine(which));
}

QIcon applicationIcon() {
    QIcon result;
    for (const int side : {16, 24, 32, 48, 64, 128, 256}) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter p(&pixmap);
        p.setRenderHint(QPainter::Antialiasing);
        p.scale(side / 64.0, side / 64.0);
        p.setPen(Qt::NoPen);
        p.setBrush(QColor(0x1B1D20));
        p.drawRoundedRect(QRectF(2, 2, 60, 60), 12, 12);
        QPainterPath line(QPointF(9, 46));
        line.cubicTo(20, 46, 24, 45, 27, 36);
        line.cubicTo(29, 28, 30, 13, 32, 13);
        line.cubicTo(34, 13, 35, 28, 37, 36);
        line.cubicTo(40, 45, 44, 46, 55, 46);
        p.setBrush(Qt::NoBrush);
        p.setPen(QPen(QColor(0xFF6B7A), 4.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        p.drawPath(line);
        result.addPixmap(pixmap);
    }
    return result;
}

} // namespace balmer::widgets
