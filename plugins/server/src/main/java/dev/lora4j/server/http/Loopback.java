package dev.lora4j.server.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;

/** The addresses at which only this machine reaches itself. */
final class Loopback {
  private Loopback() {}

  /** 127.0.0.1, and ::1 where this machine has it. */
  static List<InetAddress> addresses() {
    List<InetAddress> addresses = new ArrayList<>();
    try {
      addresses.add(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
      byte[] six = new byte[16];
      six[15] = 1;
      InetAddress other = InetAddress.getByAddress(six);
      if (NetworkInterface.getByInetAddress(other) != null) {
        addresses.add(other);
      }
    } catch (IOException e) {
      // What this machine does not tell of its addresses, it cannot listen at.
    }
    return addresses;
  }
}
