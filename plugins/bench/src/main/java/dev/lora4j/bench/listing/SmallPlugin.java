package dev.lora4j.bench.listing;

/** Service in each of the measured jars; it does nothing. */
public final class SmallPlugin implements Runnable {
  @Override
  public void run() {}
}
