package dev.lora4j.server.guard;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** A secret that admits a tenant. Only its SHA-256 is kept. */
public final class AccessToken {
  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String tenant;
  private final byte[] digest;

  private AccessToken(String tenant, byte[] digest) {
    this.tenant = tenant;
    this.digest = digest;
  }

  /** 256 random bits as text that may stand in a URL. */
  public static String random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The token of a tenant. */
  public static AccessToken of(String tenant, String secret) {
    return new AccessToken(tenant, digest(secret));
  }

  /**
   * The token of a tenant by its SHA-256.
   *
   * @param hex 64 hexadecimal digits
   */
  public static AccessToken ofDigest(String tenant, String hex) {
    byte[] digest = HexFormat.of().parseHex(hex);
    if (digest.length != BYTES) {
      throw new IllegalArgumentException("A SHA-256 has 64 hexadecimal digits.");
    }
    return new AccessToken(tenant, digest);
  }

  /** The tenant's name. */
  public String tenant() {
    return tenant;
  }

  /** Takes as long for a wrong secret as for the right one. */
  boolean hasDigest(byte[] other) {
    return MessageDigest.isEqual(digest, other);
  }

  boolean sameSecret(AccessToken other) {
    return hasDigest(other.digest);
  }

  static byte[] digest(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
