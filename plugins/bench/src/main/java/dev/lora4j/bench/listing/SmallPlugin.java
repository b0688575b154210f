package dev.lora4j.bench.listing;

/** What each of the measured jars brings: a service that does nothing. */
public final class SmallPlugin implements Runnable {
  @Override
  public void run() {}
}
