/// The `exchange.json` that `waybill init` leaves: every key in use, so that the file explains itself.

extension Configuration {
  /// Valid JSON that loads; the values are the built-in ones, except for locations, which fit the sample trading day.
  ///
  /// JSON has no comments, so the example comments by showing: each key stands once, where it makes sense.
  package static func example() -> String {
    """
    {
      "zone": "Asia/Kolkata",
      "locations": {
        "WH-BLR-1": {"name": "Bengaluru warehouse", "address": "1 Hosur Road, Bengaluru 560068"},
        "WH-DEL-2": {"name": "Delhi warehouse", "address": "2 Okhla Phase III, New Delhi 110020"},
        "WH-MUM-3": {"name": "Mumbai warehouse", "address": "3 Saki Vihar Road, Mumbai 400072"},
        "WH-PUN-4": {"name": "Own warehouse", "address": "4 Nagar Road, Pune 411014"}
      },
      "partners": {
        "easyecom": {
          "parkUnknown": false,
          "parkHours": 72,
          "holdHours": 24,
          "errorBudget": null,
          "atomicFiles": false,
          "settleSeconds": 2
        },
        "dtdc": {
          "locationKeys": ["WH-BLR-1"],
          "updateAvailableInventoryOnly": true,
          "assignment": "required",
          "dateFormats": {"tracking": ["blank", "iso", "compactDayFirst"]}
        },
        "nexar": {
          "locationKeys": ["WH-DEL-2"],
          "assignment": "optional"
        },
        "booon": {
          "locationKeys": ["WH-MUM-3"],
          "apiMode": true
        },
        "ekart": {
          "zone": "Asia/Kolkata"
        },
        "ecom-express": {
          "bounds": {"recordBytesMax": 4194304}
        }
      },
      "fonts": ["/usr/share/fonts/truetype"],
      "bounds": {
        "fileBytesMax": 68719476736,
        "recordBytesMax": 4194304,
        "cellBytesMax": 1048576,
        "columnsMax": 4096,
        "depthMax": 64,
        "linesPerOrderMax": 10000,
        "expandedBytesMax": 68719476736,
        "expansionRatioMax": 200
      }
    }

    """
  }
}
