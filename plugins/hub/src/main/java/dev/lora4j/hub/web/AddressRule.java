package dev.lora4j.hub.web;

import dev.lora4j.hub.source.Links;
import dev.lora4j.hub.source.Loopback;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;

/**
 * Which addresses requests may go to: by HTTPS to public servers. What the user named may lie in a
 * private network, but no link or redirect that somebody else wrote leads there.
 *
 * @param everywhere whether private networks are allowed for all
 * @param hosts that the user named, in lower case
 */
record AddressRule(boolean everywhere, Set<String> hosts) {
  /** Copies the set. */
  AddressRule {
    hosts = Set.copyOf(hosts);
  }

  /**
   * Passes if a request may go to an address.
   *
   * <p>Java keeps what it looked up for some seconds, so that the connection that is made next goes
   * to the addresses that were checked.
   *
   * @throws HubException if it may not
   * @throws UnknownHostException if the host has no address
   */
  void require(URI to) throws UnknownHostException {
    String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
    String host = to.getHost();
    boolean web = scheme.equals("https") || scheme.equals("http");
    if (!web || host == null || to.getRawUserInfo() != null) {
      throw new HubException(
          "The server sends on to "
              + (web ? "an address that cannot be used" : scheme + ":")
              + "; only https:// is followed.");
    }
    boolean loopback = Loopback.named(host);
    if (scheme.equals("http") && !loopback) {
      throw new HubException(
          "The server sends on to "
              + Links.shown(to)
              + " without encryption; only https:// is followed.");
    }
    boolean named = hosts.contains(host.toLowerCase(Locale.ROOT)) || (loopback && local());
    if (everywhere || named) {
      return;
    }
    if (proxied(to) && !loopback) {
      return; // the proxy looks the name up, and decides where it connects
    }
    for (InetAddress address : InetAddress.getAllByName(host)) {
      if (PrivateNetworks.have(address)) {
        throw new HubException(
            host
                + " has the address "
                + address.getHostAddress()
                + ", which is of this machine or a private network. If that is meant, say so by"
                + " --allow-private.");
      }
    }
  }

  /** True if the user named this machine itself. */
  private boolean local() {
    return hosts.stream().anyMatch(Loopback::named);
  }

  private static boolean proxied(URI to) {
    ProxySelector selector = ProxySelector.getDefault();
    return selector != null
        && selector.select(to).stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT);
  }
}
