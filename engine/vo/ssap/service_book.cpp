#include "engine/vo/ssap/service_book.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/http/url.h"

namespace balmer::vo {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using nlohmann::json;

namespace {

std::string textIn(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<json> bookOf(const std::string& text, const std::filesystem::path& file) {
    if (text.empty()) return json{{"services", json::array()}};
    auto book = core::parseJson<json>(text).value_or(json());
    if (!book.is_object() || !book.contains("services") || !book["services"].is_array())
        return fail(ErrorCode::Format,
                    file.string() + " is not a list of services; it must be "
                                    "{\"services\": [{\"name\": …, \"url\": …}]}; mend it or move it away");
    for (std::size_t i = 0; i < book["services"].size(); ++i) {
        const auto& each = book["services"][i];
        if (!each.is_object() || textIn(each, "name").empty() || textIn(each, "url").empty())
            return fail(ErrorCode::Format, "entry " + std::to_string(i + 1) + " of " + file.string() +
                                               " needs a \"name\" and a \"url\", both text");
    }
    return book;
}

std::string textOf(const json& book) {
    return core::jsonText(book, 4) + "\n";
}

std::vector<Service> servicesIn(const json& book) {
    std::vector<Service> services;
    for (const auto& each : book["services"]) {
        Service service{textIn(each, "name"), textIn(each, "url"), textIn(each, "kind"),
                        textIn(each, "remark")};
        if (service.kind.empty()) service.kind = "ssap";
        services.push_back(std::move(service));
    }
    return services;
}

Result<Service> named(const std::vector<Service>& services, std::string_view name) {
    std::string known;
    for (const auto& service : services) {
        if (service.name == name) return service;
        known += (known.empty() ? "" : ", ") + service.name;
    }
    return fail(ErrorCode::NotFound, "no service is called \"" + std::string(name) + "\"; " +
                                         (known.empty() ? "add one with `balmer vo services add NAME URL`"
                                                        : "there are: " + known));
}

Status check(const Service& service) {
    const bool plain = std::none_of(service.name.begin(), service.name.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (service.name.empty() || service.name.size() > 100 || !plain ||
        service.name.find("://") != std::string::npos)
        return fail(ErrorCode::InvalidArgument, "\"" + service.name +
                                                    "\" cannot be the name of a service; take a short text "
                                                    "without \"://\"");
    if (service.kind != "ssap")
        return fail(ErrorCode::InvalidArgument,
                    "services of the kind \"" + service.kind + "\" are not known; there is: ssap");
    BALMER_TRY(const auto url, http::parseUrl(service.url));
    if (url.scheme != "http" && url.scheme != "https")
        return fail(ErrorCode::InvalidArgument,
                    "the address of a service must begin with http:// or https://, not " + url.scheme +
                        "://");
    if (!url.user.empty() || !url.password.empty())
        return fail(ErrorCode::InvalidArgument,
                    "the list of services is no place for a login; leave user and "
                    "password out of the address");
    return {};
}

} // namespace

Result<std::vector<Service>> ServiceBook::all() const {
    BALMER_TRY(const auto text, file_.read());
    BALMER_TRY(const auto book, bookOf(text, file_.path()));
    return servicesIn(book);
}

Result<Service> ServiceBook::get(std::string_view name) const {
    BALMER_TRY(const auto services, all());
    return named(services, name);
}

Status ServiceBook::put(const Service& service) const {
    BALMER_CHECK(check(service));
    return file_.change([&](const std::string& text) -> Result<std::string> {
        BALMER_TRY(auto book, bookOf(text, file_.path()));
        json* entry = nullptr;
        for (auto& each : book["services"])
            if (textIn(each, "name") == service.name) entry = &each;
        if (entry == nullptr) {
            book["services"].push_back(json::object());
            entry = &book["services"].back();
        }
        (*entry)["name"] = service.name;
        (*entry)["url"] = service.url;
        (*entry)["kind"] = service.kind;
        if (!service.remark.empty()) (*entry)["remark"] = service.remark;
        return textOf(book);
    });
}

Status ServiceBook::remove(std::string_view name) const {
    return file_.change([&](const std::string& text) -> Result<std::string> {
        BALMER_TRY(auto book, bookOf(text, file_.path()));
        BALMER_TRY([[maybe_unused]] const auto there, named(servicesIn(book), name));
        auto& services = book["services"];
        services.erase(std::remove_if(services.begin(), services.end(),
                                      [&](const json& each) { return textIn(each, "name") == name; }),
                       services.end());
        return textOf(book);
    });
}

std::filesystem::path ServiceBook::defaultFile() {
    return core::UserFile::inConfiguration("services.json");
}

} // namespace balmer::vo
