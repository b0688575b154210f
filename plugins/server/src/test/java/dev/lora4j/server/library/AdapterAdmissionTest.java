package dev.lora4j.server.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.identity.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterAdmissionTest {
  @TempDir Path folder;

  private final List<LibraryEvent> events = new ArrayList<>();
  private Path root;

  @BeforeEach
  void write() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
    TaggedAdapters.write(root.resolve("ink.safetensors"), "ink");
  }

  private AdapterCache cache(AdapterAdmission admission) {
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(root), admission, folder.resolve("state"), events::add);
    return new AdapterCache(library, TaggedAdapters::read, 1 << 20);
  }

  private static void assertAdmitted(AdapterCache cache, String content) {
    try (AdapterLease lease = cache.acquire(Tenant.SHARED, "ink")) {
      assertEquals(content, TaggedAdapters.tag(lease));
    }
  }

  private void assertRefused(AdapterCache cache, String reason) {
    events.clear();
    UnknownAdapterException refused =
        assertThrows(UnknownAdapterException.class, () -> cache.acquire(Tenant.SHARED, "ink"));
    assertEquals("There is no adapter ink.", refused.getMessage());
    assertTrue(events.stream().anyMatch(e -> e.text().contains(reason)), events::toString);
  }

  private static byte[] digest(String content) {
    MessageDigest digest = Digests.sha256();
    return digest.digest(content.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] signature(KeyPair keys, byte[] message) throws GeneralSecurityException {
    Signature signing = Signature.getInstance("Ed25519");
    signing.initSign(keys.getPrivate());
    signing.update(message);
    return signing.sign();
  }

  private static KeyPair keys() throws GeneralSecurityException {
    return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  }

  private static String base64(KeyPair keys) {
    return Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
  }

  private Path sign(byte[] signature) throws IOException {
    return Files.write(root.resolve("ink.safetensors.sig"), signature);
  }

  @Test
  void listedHashIsAdmitted() throws IOException {
    Path list = folder.resolve("allowed");
    String hash = Digests.hex("ink".getBytes(StandardCharsets.UTF_8));
    Files.writeString(list, "# ours\n\n" + hash.toUpperCase(Locale.ROOT) + "  ink.safetensors\n");
    AdapterCache cache = cache(new AllowedHashes(list));
    assertAdmitted(cache, "ink");
    TaggedAdapters.write(root.resolve("ink.safetensors"), "changed");
    assertRefused(cache, "is not in " + list);
    assertEquals(0, cache.counts().adapters(), "it is not kept");
  }

  @Test
  void removedHashIsRefusedAfterRefresh() throws IOException {
    Path list = folder.resolve("allowed");
    Files.writeString(list, Digests.hex("ink".getBytes(StandardCharsets.UTF_8)));
    AdapterCache cache = cache(new AllowedHashes(list));
    assertAdmitted(cache, "ink");
    Files.delete(list);
    cache.refresh();
    assertEquals(0, cache.counts().adapters());
    assertTrue(
        events.stream().anyMatch(e -> e.text().contains("The list cannot be read")),
        events::toString);
    assertThrows(UnknownAdapterException.class, () -> cache.acquire(Tenant.SHARED, "ink"));
  }

  @Test
  void lineThatIsNoHashIsNamed() throws IOException {
    Path list = Files.writeString(folder.resolve("allowed"), "# x\nink\n");
    IOException refused = assertThrows(IOException.class, () -> new AllowedHashes(list));
    assertTrue(refused.getMessage().contains("allowed, line 2: expected"), refused.getMessage());
  }

  @Test
  void signatureOfATrustedKeyIsAdmitted() throws IOException, GeneralSecurityException {
    KeyPair one = keys();
    KeyPair two = keys();
    Path file = folder.resolve("keys");
    Files.writeString(
        file,
        "# ours\n"
            + base64(one)
            + "\n-----BEGIN PUBLIC KEY-----\n"
            + base64(two).replaceAll("(.{20})", "$1\n")
            + "\n-----END PUBLIC KEY-----\n");
    byte[] first = signature(one, digest("ink"));
    sign(first);
    assertAdmitted(cache(new SignedAdapters(file)), "ink");
    sign((Base64.getEncoder().encodeToString(first) + "\n").getBytes(StandardCharsets.UTF_8));
    assertAdmitted(cache(new SignedAdapters(file)), "ink");
    sign(signature(two, digest("ink")));
    assertAdmitted(cache(new SignedAdapters(file)), "ink");
  }

  @Test
  void otherSignaturesAreRefused() throws IOException, GeneralSecurityException {
    KeyPair trusted = keys();
    SignedAdapters admission =
        new SignedAdapters(Files.writeString(folder.resolve("keys"), base64(trusted)));
    assertRefused(cache(admission), "there is no signature");
    byte[] good = signature(trusted, digest("ink"));
    byte[] bad = good.clone();
    bad[10] ^= 1;
    for (byte[] wrong :
        List.of(
            bad,
            signature(keys(), digest("ink")),
            signature(trusted, digest("other")),
            signature(trusted, "ink".getBytes(StandardCharsets.UTF_8)))) {
      sign(wrong);
      assertRefused(cache(admission), "is not of this content");
    }
    sign(Arrays.copyOf(good, 63));
    assertRefused(cache(admission), "is no signature of 64 bytes");
    sign(new byte[5000]);
    assertRefused(cache(admission), "cannot be read");
  }

  @Test
  void changedFileNeedsAnotherSignature() throws IOException, GeneralSecurityException {
    KeyPair trusted = keys();
    Path file = Files.writeString(folder.resolve("keys"), base64(trusted));
    sign(signature(trusted, digest("ink")));
    AdapterCache cache = cache(new SignedAdapters(file));
    assertAdmitted(cache, "ink");
    TaggedAdapters.write(root.resolve("ink.safetensors"), "changed");
    assertRefused(cache, "is not of this content");
    sign(signature(trusted, digest("changed")));
    cache.refresh();
    assertAdmitted(cache, "changed");
  }

  @Test
  void filesWithoutKeysAreRefused() throws IOException, GeneralSecurityException {
    KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    for (String text : List.of("", "# none\n", "x", base64(rsa))) {
      Path file = Files.writeString(folder.resolve("keys"), text);
      assertThrows(IOException.class, () -> new SignedAdapters(file));
    }
  }

  @Test
  void verifiedListHasAdmittedAdaptersOnly() throws IOException {
    TaggedAdapters.write(root.resolve("inks.safetensors"), "other");
    Path list = folder.resolve("allowed");
    Files.writeString(list, Digests.hex("ink".getBytes(StandardCharsets.UTF_8)));
    AdapterLibrary library =
        new AdapterLibrary(
            LibraryFolders.of(root), new AllowedHashes(list), folder.resolve("state"), events::add);
    library.verify();
    assertEquals(
        List.of("ink"), library.list(Tenant.SHARED).stream().map(f -> f.key().name()).toList());
    assertEquals("There is no adapter inky. Nearest: ink.", message(library, "inky"));
    assertEquals("There is no adapter inks. Nearest: ink.", message(library, "inks"));
  }

  private static String message(AdapterLibrary library, String name) {
    return assertThrows(UnknownAdapterException.class, () -> library.find(Tenant.SHARED, name))
        .getMessage();
  }
}
