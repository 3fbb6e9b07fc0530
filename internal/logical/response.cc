#include "internal/logical/response.h"

namespace bao::logical {

Response Response::keys(const std::vector<std::string>& names, codec::Json key_info) {
  codec::Json data = codec::Json::object();
  if (!names.empty()) data.set("keys", codec::Json::strings(names));
  if (!key_info.is_null() && !key_info.empty()) data.set("key_info", std::move(key_info));
  return of(std::move(data));
}

bool Response::lists_nothing() const {
  if (wrap || raw || status != 0 || !warnings.empty()) return false;
  if (!data) return true;
  if (data->kind() == codec::Json::Kind::raw) return false;
  const codec::Json* names = data->find("keys");
  if (names == nullptr || names->is_null()) return data->empty();
  return names->is_array() && names->empty();
}

base::Words multierror(const base::Words& words) { return words.between("1 error occurred:\n\t* ", "\n\n"); }

base::Error unsupported_operation() { return {base::Code::unsupported, multierror("unsupported operation")}; }
base::Error unsupported_path() { return {base::Code::absent, multierror("unsupported path")}; }
base::Error nothing() { return {base::Code::absent, ""}; }

}  // namespace bao::logical
