#include "tests/support/served_pages.h"

namespace balmer::test {

ServedPages::ServedPages() {
    server_ =
        std::make_unique<ScriptedServer>([this](const ScriptedServer::Peer& peer, const std::string& head) {
            const auto start = head.find(' ') + 1;
            const auto target = head.substr(start, head.find(' ', start) - start);
            Page page{"<html><body>no such page</body></html>", "text/html", "404 Not Found", {}};
            {
                const std::lock_guard lock(mutex_);
                auto found = pages_.find(target);
                if (found == pages_.end()) found = pages_.find(target.substr(0, target.find('?')));
                if (found != pages_.end()) page = found->second;
            }
            const auto fields = "Content-Type: " + page.type + "\r\n" + page.fields;
            if (head.starts_with("HEAD "))
                return peer.send("HTTP/1.1 " + page.status + "\r\n" + fields +
                                 "Content-Length: " + std::to_string(page.body.size()) + "\r\n\r\n");
            return peer.answer(page.status, page.body, fields);
        });
}

void ServedPages::put(const std::string& target, Page page) {
    const std::lock_guard lock(mutex_);
    pages_[target] = std::move(page);
}

} // namespace balmer::test
