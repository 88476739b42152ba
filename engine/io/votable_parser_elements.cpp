#include "engine/io/votable_parser.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"
#include "engine/io/votable_attributes.h"

namespace balmer::io {
namespace {

using core::ErrorCode;

} // namespace

VotableParser::Node VotableParser::nodeFor(Node parent, std::string_view name) const {
    switch (parent) {
    case Node::Votable:
        if (name == "RESOURCE") return Node::Resource;
        if (name == "DEFINITIONS") return Node::Definitions;
        if (name == "DESCRIPTION") return Node::Description;
        if (name == "INFO") return Node::Info;
        if (name == "PARAM") return Node::Param;
        if (name == "GROUP") return Node::Group;
        if (name == "COOSYS" || name == "TIMESYS") return Node::Leaf;
        break;
    case Node::Definitions:
        if (name == "PARAM") return Node::Param;
        if (name == "COOSYS" || name == "TIMESYS") return Node::Leaf;
        break;
    case Node::Resource:
        if (name == "RESOURCE") return Node::Resource;
        if (name == "TABLE") return Node::Table;
        if (name == "DESCRIPTION") return Node::Description;
        if (name == "INFO") return Node::Info;
        if (name == "PARAM") return Node::Param;
        if (name == "GROUP") return Node::Group;
        if (name == "COOSYS" || name == "TIMESYS" || name == "LINK") return Node::Leaf;
        break;
    case Node::Table:
        if (name == "FIELD") return Node::Field;
        if (name == "DATA") return dataMet_ ? Node::Skipped : Node::Data;
        if (name == "DESCRIPTION") return Node::Description;
        if (name == "INFO") return Node::Info;
        if (name == "PARAM") return Node::Param;
        if (name == "GROUP") return Node::Group;
        if (name == "LINK") return Node::Leaf;
        break;
    case Node::Group:
        if (name == "PARAM") return Node::Param;
        if (name == "GROUP") return Node::Group;
        if (name == "DESCRIPTION") return Node::Description;
        if (name == "FIELDref" || name == "PARAMref") return Node::Leaf;
        break;
    case Node::Field:
    case Node::Param:
        if (name == "DESCRIPTION") return Node::Description;
        if (name == "VALUES") return Node::Values;
        if (name == "LINK") return Node::Leaf;
        break;
    case Node::Values:
    case Node::Option:
        if (name == "OPTION") return Node::Option;
        if (parent == Node::Values && (name == "MIN" || name == "MAX")) return Node::Leaf;
        break;
    case Node::Data:
        if (name == "TABLEDATA") return Node::TableData;
        if (name == "BINARY") return Node::Binary;
        if (name == "BINARY2") return Node::Binary2;
        if (name == "FITS") return Node::Fits;
        if (name == "INFO") return Node::Info;
        break;
    case Node::TableData:
        if (name == "TR") return Node::Row;
        break;
    case Node::Row:
        if (name == "TD") return Node::Cell;
        break;
    case Node::Binary:
    case Node::Binary2:
    case Node::Fits:
        if (name == "STREAM") return Node::Stream;
        break;
    default:
        break;
    }
    return Node::Skipped;
}

std::vector<VotableField>& VotableParser::paramsOf(Node parent) {
    switch (parent) {
    case Node::Group:
        return groups_.back().params;
    case Node::Table:
        return current().table.params;
    case Node::Resource:
        return resources_.back()->params;
    default:
        return document.params;
    }
}

std::vector<VotableInfo>& VotableParser::infosOf(Node parent) {
    switch (parent) {
    case Node::Table:
    case Node::Data:
        return current().table.infos;
    case Node::Resource:
        return resources_.back()->infos;
    default:
        return document.infos;
    }
}

std::string* VotableParser::descriptionOf(Node parent) {
    switch (parent) {
    case Node::Group:
        return &groups_.back().description;
    case Node::Table:
        return &current().table.description;
    case Node::Resource:
        return &resources_.back()->description;
    case Node::Field:
    case Node::Param:
        return &field_.description;
    default:
        return &document.description;
    }
}

std::vector<VotableLink>* VotableParser::linksOf(Node parent) {
    switch (parent) {
    case Node::Field:
    case Node::Param:
        return &field_.links;
    case Node::Table:
        return &current().table.links;
    default:
        return &resources_.back()->links;
    }
}

std::vector<VotableGroup>* VotableParser::groupsOf(Node parent) {
    switch (parent) {
    case Node::Group:
        return &groups_.back().groups;
    case Node::Table:
        return &current().table.groups;
    case Node::Resource:
        return &resources_.back()->groups;
    default:
        return &document.groups;
    }
}

void VotableParser::start(std::string_view name, bool foreign, const Attributes& attributes) {
    if (error_) return;
    if (!rootMet_) {
        if (name != "VOTABLE") {
            refuse({ErrorCode::Format,
                    "the root element of the document is <" + printable(name) + ">, not <VOTABLE>"});
            return;
        }
        rootMet_ = true;
        document.version = attributes["version"];
        stack_.push_back(Node::Votable);
        return;
    }
    const Node parent = stack_.back();
    const Node node = skipping_ > 0 || foreign ? Node::Skipped : nodeFor(parent, name);
    if (stack_.size() + skipping_ >= limits_.depth) {
        refuse({ErrorCode::ResourceExhausted, "the elements of the VOTable are nested too deeply"});
        return;
    }
    if (node == Node::Skipped) {
        ++skipping_;
        if (parent == Node::Data && skipping_ == 1)
            leaveOut("the rows are in " + printable(name) + ", which is not read");
        return;
    }
    stack_.push_back(node);
    if (node == Node::Cell) {
        text_.clear();
        cellIsBinary_ = !attributes.none() && attributes["encoding"] == "base64";
        return;
    }
    if (node == Node::Row) {
        cell_ = 0;
        rowBytes_ = 0;
        return;
    }
    if (!charge(1, attributes.bytes())) return;
    switch (node) {
    case Node::Resource: {
        auto& siblings = resources_.empty() ? document.resources : resources_.back()->resources;
        where_.push_back(siblings.size());
        VotableResource& resource = siblings.emplace_back();
        resource.id = attributes["ID"];
        resource.name = attributes["name"];
        resource.type = attributes["type"];
        resource.utype = attributes["utype"];
        resources_.push_back(&resource);
        break;
    }
    case Node::Table: {
        TableOnTheWay& t = tables.emplace_back();
        t.where = where_;
        t.where.push_back(resources_.back()->tables.size());
        resources_.back()->tables.emplace_back();
        t.table.id = attributes["ID"];
        t.table.name = attributes["name"];
        t.table.ref = attributes["ref"];
        t.table.utype = attributes["utype"];
        t.table.ucd = attributes["ucd"];
        dataMet_ = false;
        break;
    }
    case Node::Field:
    case Node::Param:
        field_ = {};
        field_.id = attributes["ID"];
        field_.name = attributes["name"];
        field_.datatype = attributes["datatype"];
        field_.arraysize = attributes["arraysize"];
        field_.unit = attributes["unit"];
        field_.ucd = attributes["ucd"];
        field_.utype = attributes["utype"];
        field_.xtype = attributes["xtype"];
        field_.ref = attributes["ref"];
        if (node == Node::Param) field_.value = attributes["value"];
        break;
    case Node::Values:
        field_.nullText = attributes["null"];
        valuesId_ = attributes["ID"];
        if (const auto shared = valuesById_.find(attributes["ref"]);
            shared != valuesById_.end() && charge(shared->second)) {
            field_.nullText = shared->second.nullText;
            field_.minimum = shared->second.minimum;
            field_.maximum = shared->second.maximum;
            field_.options = shared->second.options;
        }
        break;
    case Node::Option:
        field_.options.push_back(attributes["value"]);
        break;
    case Node::Group: {
        VotableGroup& g = groups_.emplace_back();
        g.id = attributes["ID"];
        g.name = attributes["name"];
        g.ucd = attributes["ucd"];
        g.utype = attributes["utype"];
        g.ref = attributes["ref"];
        break;
    }
    case Node::Info:
        info_ = {attributes["ID"], attributes["name"], attributes["value"], {}};
        text_.clear();
        break;
    case Node::Description:
        text_.clear();
        break;
    case Node::Leaf:
        if (name == "MIN") {
            field_.minimum = attributes["value"];
        } else if (name == "MAX") {
            field_.maximum = attributes["value"];
        } else if (name == "LINK") {
            linksOf(parent)->push_back({attributes["href"], attributes["title"], attributes["content-role"],
                                        attributes["content-type"], attributes["value"],
                                        attributes["action"]});
        } else if (name == "FIELDref") {
            groups_.back().fieldRefs.push_back(attributes["ref"]);
        } else if (name == "PARAMref") {
            groups_.back().paramRefs.push_back(attributes["ref"]);
        } else if (name == "COOSYS") {
            (resources_.empty() ? document.coordinateSystems : resources_.back()->coordinateSystems)
                .push_back(
                    {attributes["ID"], attributes["system"], attributes["equinox"], attributes["epoch"]});
        } else {
            (resources_.empty() ? document.timeSystems : resources_.back()->timeSystems)
                .push_back({attributes["ID"], attributes["timeorigin"], attributes["timescale"],
                            attributes["refposition"]});
        }
        break;
    case Node::Data:
        startData();
        break;
    case Node::Fits:
        current().extension = static_cast<std::size_t>(
            std::max<std::int64_t>(0, core::parseInteger(attributes["extnum"]).value_or(0)));
        break;
    case Node::Stream:
        startStream(attributes);
        break;
    default:
        break;
    }
}

void VotableParser::end() {
    if (error_) return;
    if (skipping_ > 0) {
        --skipping_;
        return;
    }
    const Node node = stack_.back();
    stack_.pop_back();
    const Node parent = stack_.empty() ? Node::Skipped : stack_.back();
    switch (node) {
    case Node::Cell:
        endCell();
        break;
    case Node::Values:
        if (!valuesId_.empty() && !valuesById_.contains(valuesId_)) {
            VotableField values;
            values.nullText = field_.nullText;
            values.minimum = field_.minimum;
            values.maximum = field_.maximum;
            values.options = field_.options;
            if (charge(values)) valuesById_.emplace(valuesId_, std::move(values));
        }
        break;
    case Node::Row: {
        RowBlock& block = current().block;
        if (!current().table.unread.empty() || block.codings().empty()) break;
        for (; cell_ < block.codings().size() && !error_; ++cell_) {
            check(block.spend(block.costOf(cell_)));
            if (!error_) block.addNull(cell_);
        }
        block.endRow();
        break;
    }
    case Node::Stream:
        endStream();
        break;
    case Node::Table: {
        TableOnTheWay& t = current();
        if (!t.table.id.empty() && !fieldsById_.contains(t.table.id))
            fieldsById_.emplace(t.table.id, t.table.fields);
        if (!dataMet_) startData();
        t.closed = true;
        break;
    }
    case Node::Resource:
        resources_.pop_back();
        where_.pop_back();
        break;
    case Node::Field:
        if (!dataMet_) current().table.fields.push_back(std::move(field_));
        break;
    case Node::Param:
        paramsOf(parent).push_back(std::move(field_));
        break;
    case Node::Group: {
        VotableGroup group = std::move(groups_.back());
        groups_.pop_back();
        groupsOf(parent)->push_back(std::move(group));
        break;
    }
    case Node::Info:
        info_.text = std::string(core::trimmed(text_));
        infosOf(parent).push_back(std::move(info_));
        break;
    case Node::Description:
        *descriptionOf(parent) = std::string(core::trimmed(text_));
        break;
    default:
        break;
    }
}

} // namespace balmer::io
