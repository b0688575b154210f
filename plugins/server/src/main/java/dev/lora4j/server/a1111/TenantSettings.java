package dev.lora4j.server.a1111;

import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.Tenant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The settings of each tenant, until the server ends. May be used from several threads. */
final class TenantSettings {
  private final Map<Tenant, Settings> all = new ConcurrentHashMap<>();

  /** Those of a tenant. */
  Settings of(Tenant tenant) {
    return all.getOrDefault(tenant, Settings.USUAL);
  }

  /** Changes some of them. */
  void change(Tenant tenant, JsonFields changes) {
    all.put(tenant, of(tenant).with(changes));
  }
}
