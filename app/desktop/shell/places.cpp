#include "app/desktop/shell/places.h"

#include "app/desktop/data/data_place.h"
#include "app/desktop/jobs/jobs_place.h"
#include "app/desktop/label/label_place.h"
#include "app/desktop/map/map_place.h"
#include "app/desktop/workers/workers_place.h"

namespace balmer::desktop {

namespace {

template <typename P>
Place* make(bridge::Session& session) {
    return new P(session);
}

} // namespace

std::vector<PlaceRow> placeTable() {
    using widgets::Icon;
    return {
        {QStringLiteral("data"), QObject::tr("Data"), Icon::Data, make<DataPlace>},
        {QStringLiteral("map"), QObject::tr("Map"), Icon::Map, make<MapPlace>},
        {QStringLiteral("label"), QObject::tr("Label"), Icon::Label, make<LabelPlace>},
        {QStringLiteral("jobs"), QObject::tr("Jobs"), Icon::Jobs, make<JobsPlace>},
        {QStringLiteral("workers"), QObject::tr("Workers"), Icon::Workers, make<WorkersPlace>},
    };
}

} // namespace balmer::desktop
