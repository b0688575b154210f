package dev.lora4j.hub.web;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** Ranges of addresses that are not those of public servers. */
final class PrivateNetworks {
  /** A range: its first address, and how many bits all of it have in common. */
  private static final class Range {
    private final byte[] first;
    private final int bits;

    Range(byte[] first, int bits) {
      this.first = first;
      this.bits = bits;
    }

    boolean has(byte[] address) {
      if (address.length != first.length) {
        return false;
      }
      int whole = bits / 8;
      int rest = bits % 8;
      return Arrays.equals(first, 0, whole, address, 0, whole)
          && (rest == 0 || (first[whole] ^ address[whole]) >> (8 - rest) == 0);
    }
  }

  private static final List<Range> RANGES =
      List.of(
          range("0.0.0.0", 8),
          range("10.0.0.0", 8),
          range("100.64.0.0", 10), // of providers, behind their translation of addresses
          range("127.0.0.0", 8),
          range("169.254.0.0", 16), // of one link; clouds answer there with credentials
          range("172.16.0.0", 12),
          range("192.0.0.0", 24),
          range("192.168.0.0", 16),
          range("198.18.0.0", 15),
          range("224.0.0.0", 4),
          range("240.0.0.0", 4),
          range("::", 127),
          range("100::", 64),
          range("fc00::", 7),
          range("fe80::", 10),
          range("fec0::", 10),
          range("ff00::", 8));

  /** Ranges of IPv6 that hold an address of IPv4, and the byte at which it begins. */
  private static final List<Range> TRANSLATED =
      List.of(range("64:ff9b::", 96), range("2002::", 16));

  private static final int[] EMBEDDED = {12, 2};

  private PrivateNetworks() {}

  private static Range range(String first, int bits) {
    try {
      return new Range(InetAddress.getByName(first).getAddress(), bits); // a number, so no look-up
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns true if an address is of this machine, of its own network, or of no server at all. */
  static boolean have(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (RANGES.stream().anyMatch(range -> range.has(bytes))) {
      return true;
    }
    if (address instanceof Inet6Address six && six.isIPv4CompatibleAddress()) {
      return have(four(bytes, 12));
    }
    for (int i = 0; i < EMBEDDED.length; i++) {
      if (TRANSLATED.get(i).has(bytes)) {
        return have(four(bytes, EMBEDDED[i]));
      }
    }
    return false;
  }

  private static InetAddress four(byte[] bytes, int from) {
    try {
      return Inet4Address.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
