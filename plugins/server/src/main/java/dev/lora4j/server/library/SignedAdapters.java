package dev.lora4j.server.library;

import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Admission of the adapters that have been signed with a trusted Ed25519 key (RFC 8032).
 *
 * <p>The signature of {@code ink.safetensors} lies next to it as {@code ink.safetensors.sig}, that
 * of a folder {@code ink} as {@code ink.sig}. It is 64 bytes, or their base64 as text. What is
 * signed is the 32 bytes of the {@linkplain AdapterAdmission.Digest#sha256 digest}, not the file
 * itself:
 *
 * <pre>{@code
 * openssl dgst -sha256 -binary ink.safetensors > digest
 * openssl pkeyutl -sign -rawin -inkey private.pem -in digest -out ink.safetensors.sig
 * }</pre>
 *
 * <p>The file of keys has public keys in X.509's form, as PEM blocks or as lines of base64. Lines
 * that begin with {@code #} are left out.
 */
public final class SignedAdapters implements AdapterAdmission {
  private static final String ED25519 = "Ed25519";
  private static final int SIGNATURE = 64;
  private static final int LONGEST_FILE = 1024;
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PUBLIC KEY-----(.*?)-----END PUBLIC KEY-----", Pattern.DOTALL);

  private final Path keys;
  private volatile List<PublicKey> trusted;
  private volatile String trouble = "";

  /**
   * Reads a file of keys.
   *
   * @throws IOException if it cannot be read, has no key, or one that is not of Ed25519
   */
  public SignedAdapters(Path keys) throws IOException {
    this.keys = keys;
    this.trusted = read(keys);
  }

  private static List<PublicKey> read(Path file) throws IOException {
    String text = RegularFile.text(file, RegularFile.TEXT);
    List<String> encoded = new ArrayList<>();
    Matcher blocks = PEM.matcher(text);
    while (blocks.find()) {
      encoded.add(blocks.group(1));
    }
    blocks
        .replaceAll("")
        .lines()
        .map(String::strip)
        .filter(l -> !l.isEmpty() && !l.startsWith("#"))
        .forEach(encoded::add);
    List<PublicKey> found = new ArrayList<>();
    for (String one : encoded) {
      found.add(key(file, one));
    }
    if (found.isEmpty()) {
      throw new IOException(
          file + " has no public key. Write them with openssl pkey -in private.pem -pubout.");
    }
    return List.copyOf(found);
  }

  private static PublicKey key(Path file, String encoded) throws IOException {
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(encoded);
      return KeyFactory.getInstance(ED25519).generatePublic(new X509EncodedKeySpec(bytes));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new IOException(
          file
              + " has a key that is no public key of Ed25519 in X.509's form. Write it with openssl"
              + " pkey -in private.pem -pubout.",
          e);
    }
  }

  @Override
  public void refresh() {
    try {
      trusted = read(keys);
      trouble = "";
    } catch (IOException e) {
      trusted = List.of();
      trouble = " The keys cannot be read: " + e.getMessage();
    }
  }

  @Override
  public Optional<String> refusal(AdapterFile file, Digest digest) throws IOException {
    Path signature = signature(file);
    if (!Files.isRegularFile(signature)) {
      return refused(file, "there is no signature " + signature);
    }
    byte[] signed;
    try {
      signed = signature(signature);
    } catch (IOException e) {
      return refused(file, "its signature cannot be read: " + e.getMessage());
    }
    if (signed.length != SIGNATURE) {
      return refused(
          file, signature + " is no signature of 64 bytes or their base64; found " + signed.length);
    }
    byte[] message = digest.sha256();
    return trusted.stream().anyMatch(key -> verified(key, message, signed))
        ? Optional.empty()
        : refused(file, signature + " is not of this content by a key of " + keys);
  }

  private Optional<String> refused(AdapterFile file, String reason) {
    return Optional.of(file.path() + " is not admitted: " + reason + "." + trouble);
  }

  private static Path signature(AdapterFile file) {
    return file.path().resolveSibling(file.path().getFileName() + ".sig");
  }

  private static byte[] signature(Path file) throws IOException {
    byte[] bytes = RegularFile.bytes(file, LONGEST_FILE);
    if (bytes.length == SIGNATURE) {
      return bytes;
    }
    try {
      return Base64.getDecoder().decode(new String(bytes, StandardCharsets.ISO_8859_1).strip());
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static boolean verified(PublicKey key, byte[] message, byte[] signed) {
    try {
      Signature check = Signature.getInstance(ED25519);
      check.initVerify(key);
      check.update(message);
      return check.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
