#include "app/desktop/shell/places.h"

#include "app/desktop/data/data_place.h"
#include "app/desktop/jobs/jobs_place.h"
#include "app/desktop/label/label_place.h"
#include "app/desktop/map/map_place.h"
#include "app/desktop/workers/workers_place.h"

namespace balmer::desktop {

namespace {

template <typename P>
Place* makePlace(bridge::Session& session) {
    return new P(session);
}

} // namespace

std::vector<PlaceRow> placeTable() {
    using widgets::Icon;
    return {
        {QStringLiteral("data"), QObject::tr("Data"), Icon::Data, makePlace<DataPlace>},
        {QStringLiteral("map"), QObject::tr("Map"), Icon::Map, makePlace<MapPlace>},
        {QStringLiteral("label"), QObject::tr("Label"), Icon::Label, makePlace<LabelPlace>},
        {QStringLiteral("jobs"), QObject::tr("Jobs"), Icon::Jobs, makePlace<JobsPlace>},
        {QStringLiteral("workers"), QObject::tr("Workers"), Icon::Workers, makePlace<WorkersPlace>},
    };
}

} // namespace balmer::desktop
