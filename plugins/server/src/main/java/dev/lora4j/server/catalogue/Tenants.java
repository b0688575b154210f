package dev.lora4j.server.catalogue;

import dev.lora4j.server.guard.Principal;
import dev.lora4j.server.library.Tenant;

/** Whose adapters a request may use. */
public final class Tenants {
  private Tenants() {}

  /** The account of whoever sent a request; that of all if it showed no token. */
  public static Tenant of(Principal principal) {
    return principal.tenant().equals(Principal.NOBODY)
        ? Tenant.SHARED
        : new Tenant(principal.tenant());
  }
}
