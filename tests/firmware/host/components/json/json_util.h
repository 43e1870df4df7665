// For tests only: what ESPHome's mqtt and http_request ask of ArduinoJson, in a hundred lines. It writes, and does not read:
// PlantOps' own messages are neither written nor read by it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace json_stand_in {

struct Node {
  enum Kind { NOTHING, PLAIN, TEXT, OBJECT, LIST } kind{NOTHING};
  std::string text;  // of what is plain (numbers, true, false) or a text
  std::vector<std::pair<std::string, std::shared_ptr<Node>>> members;
};

inline std::string quoted(const std::string &text) {
  std::string out = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\')
      out += '\\';
    out += letter;
  }
  return out + "\"";
}
inline std::string written(const Node &node) {
  if (node.kind == Node::PLAIN)
    return node.text;
  if (node.kind == Node::TEXT)
    return quoted(node.text);
  if (node.kind == Node::NOTHING)
    return "null";
  std::string out = node.kind == Node::OBJECT ? "{" : "[";
  for (const auto &[name, member] : node.members)
    out += (out.size() > 1 ? "," : "") + (node.kind == Node::OBJECT ? quoted(name) + ":" : std::string()) + written(*member);
  return out + (node.kind == Node::OBJECT ? "}" : "]");
}

class Value {
 public:
  Value() : node_(std::make_shared<Node>()) {}
  explicit Value(std::shared_ptr<Node> node) : node_(std::move(node)) {}

  template<typename T> Value operator[](const T &place) const {
    if constexpr (std::is_integral_v<T>) {
      node_->kind = Node::LIST;
      while (node_->members.size() <= static_cast<size_t>(place))
        node_->members.emplace_back("", std::make_shared<Node>());
      return Value(node_->members[static_cast<size_t>(place)].second);
    } else {
      node_->kind = Node::OBJECT;
      for (auto &[name, member] : node_->members)
        if (name == place)
          return Value(member);
      node_->members.emplace_back(place, std::make_shared<Node>());
      return Value(node_->members.back().second);
    }
  }
  template<typename T, typename = std::enable_if_t<!std::is_base_of_v<Value, std::decay_t<T>>>>
  const Value &operator=(const T &value) const {
    if constexpr (std::is_same_v<T, bool>)
      set_(Node::PLAIN, value ? "true" : "false");
    else if constexpr (std::is_arithmetic_v<T>)
      set_(Node::PLAIN, std::to_string(value));
    else if constexpr (std::is_convertible_v<T, const char *>)
      set_(Node::TEXT, static_cast<const char *>(value));
    else
      set_(Node::TEXT, std::string(value.c_str(), value.size()));
    return *this;
  }
  template<typename T> void set(const T &value) const { *this = value; }
  template<typename T> void add(const T &value) const { (*this)[node_->members.size()] = value; }
  template<typename T> T to() const {
    node_->kind = T::KIND;
    node_->members.clear();
    return T(node_);
  }
  template<typename T> T as() const { return T(); }
  template<typename T> bool is() const { return false; }
  bool isNull() const { return true; }
  std::string text() const { return written(*node_); }

 protected:
  void set_(Node::Kind kind, std::string text) const {
    node_->kind = kind;
    node_->text = std::move(text);
  }
  std::shared_ptr<Node> node_;
};

template<Node::Kind KIND_> struct Of : Value {
  static constexpr Node::Kind KIND = KIND_;
  using Value::Value;
};

}  // namespace json_stand_in

using JsonVariant = json_stand_in::Value;
using JsonDocument = json_stand_in::Value;
using JsonObject = json_stand_in::Of<json_stand_in::Node::OBJECT>;
using JsonArray = json_stand_in::Of<json_stand_in::Node::LIST>;
using JsonObjectConst = JsonObject;

struct JsonString : std::string {
  JsonString(const char *text, size_t size, bool) : std::string(text, size) {}
};

namespace esphome::json {

using json_parse_t = std::function<bool(JsonObject)>;
using json_build_t = std::function<void(JsonObject)>;

inline std::string build_json(const json_build_t &build) {
  const JsonObject root = JsonVariant().to<JsonObject>();
  build(root);
  return root.text();
}
inline bool parse_json(const std::string &, const json_parse_t &) { return false; }
inline JsonDocument parse_json(const std::string &) { return {}; }

}  // namespace esphome::json
