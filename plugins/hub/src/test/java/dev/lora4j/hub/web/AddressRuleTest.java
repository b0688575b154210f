package dev.lora4j.hub.web;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRuleTest {
  private static final AddressRule STRICT = new AddressRule(false, Set.of());

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.255.255.254, true",
    "0.0.0.0, true",
    "10.0.0.1, true",
    "100.63.255.255, false",
    "100.64.0.1, true",
    "100.127.255.255, true",
    "100.128.0.0, false",
    "169.254.169.254, true",
    "172.15.255.255, false",
    "172.16.0.1, true",
    "172.31.255.255, true",
    "172.32.0.1, false",
    "192.168.1.5, true",
    "192.169.0.1, false",
    "198.18.0.1, true",
    "224.0.0.1, true",
    "255.255.255.255, true",
    "1.1.1.1, false",
    "8.8.8.8, false",
    "::1, true",
    "::, true",
    "fe80::1, true",
    "fc00::1, true",
    "fd12:3456::1, true",
    "ff02::1, true",
    "::ffff:10.0.0.1, true",
    "::ffff:8.8.8.8, false",
    "64:ff9b::a00:1, true",
    "64:ff9b::808:808, false",
    "2002:a00:1::1, true",
    "2002:808:808::1, false",
    "::127.0.0.1, true",
    "2606:4700:4700::1111, false",
  })
  void privateNetworksAreKnown(String address, boolean isPrivate) throws Exception {
    assertEquals(isPrivate, PrivateNetworks.have(InetAddress.getByName(address)), address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "http://localhost/x",
        "https://[::1]/x",
        "https://[fd00::1]/x",
        "http://example.org/x",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "https://ann:secret@1.1.1.1/x",
        "https:opaque",
      })
  void nothingOfTheseIsAsked(String address) {
    HubException e = assertThrows(HubException.class, () -> STRICT.require(URI.create(address)));
    assertTrue(!e.getMessage().contains("secret"), e.getMessage());
  }

  @Test
  void whatTheUserNamedIsAsked() {
    AddressRule mirror = new AddressRule(false, Set.of("10.0.0.1"));
    assertDoesNotThrow(() -> mirror.require(URI.create("https://10.0.0.1/x")));
    assertThrows(HubException.class, () -> mirror.require(URI.create("https://10.0.0.2/x")));
    assertThrows(HubException.class, () -> mirror.require(URI.create("http://127.0.0.1/x")));
    assertThrows(HubException.class, () -> mirror.require(URI.create("http://10.0.0.1/x")));
    AddressRule local = new AddressRule(false, Set.of("localhost"));
    assertDoesNotThrow(() -> local.require(URI.create("http://127.0.0.1/x")));
    assertDoesNotThrow(() -> local.require(URI.create("http://[::1]:99/x")));
    assertThrows(HubException.class, () -> local.require(URI.create("https://10.0.0.1/x")));
    AddressRule all = new AddressRule(true, Set.of());
    assertDoesNotThrow(() -> all.require(URI.create("https://10.0.0.1/x")));
    assertThrows(HubException.class, () -> all.require(URI.create("http://10.0.0.1/x")));
    assertThrows(HubException.class, () -> all.require(URI.create("file:///etc/passwd")));
    assertDoesNotThrow(() -> STRICT.require(URI.create("https://1.1.1.1/x")));
  }
}
