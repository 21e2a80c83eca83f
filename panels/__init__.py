"""What pages share. All of it is Streamlit, and all of the app's caches are here."""
